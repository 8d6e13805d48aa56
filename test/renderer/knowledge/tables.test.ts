import { describe, expect, it } from 'vitest'
import {
  cellText,
  lexiconShape,
  mergeCells,
  rationaleShape,
  tripleShape,
  vocabularyShape,
} from '../../../src/renderer/knowledge/tables'
import { scrollToShow, shownPlaces } from '../../../src/renderer/knowledge/tableRows'
import { examplePack } from './examplePack'

const labels = ['negative', 'positive']
const valences = lexiconShape(
  { valence: { above: 'positive', below: 'negative' }, caseSensitive: false },
  labels,
)
const classes = lexiconShape({ valence: null, caseSensitive: false }, labels)
const entries = examplePack.lexicons[0]?.entries ?? []

describe('pasted cells', () => {
  it('are added at the end, and change what is there already', () => {
    const { rows, added, changed, refused } = mergeCells(entries, valences, [
      ['Good', '2.5'],
      ['superb', '3.1'],
    ])
    expect({ added, changed, refused }).toEqual({ added: 1, changed: 1, refused: [] })
    expect(rows.map(({ term, weight }) => [term, weight])).toEqual([
      ['Good', 2.5],
      ['bad', -2.5],
      ['dull', -1.7],
      ['superb', 3.1],
    ])
  })

  it('may begin with the names of the columns', () => {
    const { rows } = mergeCells([], valences, [
      ['term', 'valence'],
      ['good', '1.9'],
    ])
    expect(rows).toEqual([{ term: 'good', label: null, weight: 1.9 }])
  })

  it('are refused line by line where a value is none, with its column', () => {
    const merged = mergeCells(entries, valences, [
      ['fine', 'much'],
      ['', '2'],
      ['great', '2'],
    ])
    expect(merged.refused.map(({ line, column }) => [line, column])).toEqual([
      [1, 'Valence'],
      [2, 'Term'],
    ])
    expect(merged.added).toBe(1)
  })

  it('give the same rows where they say nothing new', () => {
    expect(mergeCells(entries, valences, [['bad', '-2.5']]).rows).toBe(entries)
  })

  it('take the usual value for cells that are left out', () => {
    expect(mergeCells([], classes, [['refund']]).rows).toEqual([
      { term: 'refund', label: 'negative', weight: 1 },
    ])
  })

  it('keep a term that speaks for two classes', () => {
    const { rows } = mergeCells([], classes, [
      ['cheap', 'positive', '0.5'],
      ['cheap', 'negative', '1'],
    ])
    expect(rows).toHaveLength(2)
  })

  it('fill triples, vocabulary and rationales', () => {
    const triple = ['Tim Cook', 'CEO', 'Apple']
    expect(mergeCells([], tripleShape(), [triple]).rows).toEqual([
      { head: 'Tim Cook', relation: 'CEO', tail: 'Apple' },
    ])
    expect(mergeCells(['dpi'], vocabularyShape(), [['dpi'], ['fps']]).rows).toEqual(['dpi', 'fps'])
    expect(
      mergeCells([], rationaleShape(labels), [
        ['term', 'role', 'label'],
        ['refund', 'reason', 'negative'],
        ['Monday', 'irrelevant', ''],
        ['film', 'perhaps', ''],
      ]),
    ).toMatchObject({
      rows: [
        { term: 'refund', role: 'reason', label: 'negative' },
        { term: 'Monday', role: 'irrelevant', label: null },
      ],
      refused: [{ line: 4 }],
    })
  })

  it('merge 7,500 terms at once', () => {
    const many = Array.from({ length: 7500 }, (_, at) => [`term ${String(at)}`, String(at % 4)])
    const { rows, added } = mergeCells(entries, valences, many)
    expect([rows.length, added]).toEqual([7503, 7500])
  })
})

describe('a cell', () => {
  it('is typed without grouping and read with either decimal sign', () => {
    const [, weight] = valences.columns
    const [entry] = entries
    if (weight === undefined || entry === undefined) throw new Error('expected a column and a row')
    expect(cellText(weight, { ...entry, weight: -1234.5 })).toBe('-1234.5')
    expect(weight.write(entry, '−0,5')?.weight).toBe(-0.5)
    expect(weight.write(entry, 'strong')).toBeNull()
    expect(weight.write(entry, '')).toBeNull()
  })
})

describe('the rows that are shown', () => {
  const { columns } = valences

  it('are those in which every word of the filter stands', () => {
    expect(shownPlaces(entries, columns, 'D -', null)).toEqual([1, 2])
    expect(shownPlaces(entries, columns, '', null)).toEqual([0, 1, 2])
    expect(shownPlaces(entries, columns, 'excellent', null)).toEqual([])
  })

  it('are sorted by value and keep their places', () => {
    expect(shownPlaces(entries, columns, '', { key: 'weight', descending: false })).toEqual([
      1, 2, 0,
    ])
    expect(shownPlaces(entries, columns, '', { key: 'term', descending: true })).toEqual([0, 2, 1])
  })

  it('scroll no further than needed', () => {
    expect(scrollToShow(5, 10, 0, 100)).toBe(0)
    expect(scrollToShow(12, 10, 0, 100)).toBe(30)
    expect(scrollToShow(1, 10, 50, 100)).toBe(10)
  })
})
