import { describe, expect, test } from 'vitest'
import type { PackContent, PieceReport } from '@shared/domain'
import type { LintRow } from '../../../src/main/knowledge/lint-rows'
import { prepareRows } from '../../../src/main/knowledge/lint-rows'
import { lintPack } from '../../../src/main/knowledge/linter'
import { VoteMemory } from '../../../src/main/knowledge/piece-votes'
import { lexicon, packOf, rule } from './support'

const labels = ['negative', 'positive']

const rowOf = (
  id: number,
  text: string,
  label: LintRow['label'],
  part: LintRow['part'] = 'train',
): LintRow => ({ id, part, text, label, pair: null, columns: {} })

const rows = [
  rowOf(0, 'good film', 'positive'),
  rowOf(1, 'good and bad', 'negative'),
  rowOf(2, 'bad, refund', 'negative', 'validation'),
  rowOf(3, 'good refund', 'positive', 'all'),
  rowOf(4, 'good but nobody said what it is', null),
  rowOf(5, 'nothing', 'positive'),
  rowOf(6, 'a good film that I liked', 'positive', 'test'),
]

const content = packOf({
  lexicons: [lexicon('mood', { good: 2, bad: -3 })],
  rules: [
    rule('refund', { contains: 'refund' }, 'negative'),
    rule('never', { contains: 'unheard' }, 'positive'),
  ],
})

const lint = (pack: PackContent = content, given: readonly LintRow[] = rows) =>
  lintPack({ content: pack, labels, map: {}, rows: prepareRows(given, labels) })

const pieceOf = (report: { readonly pieces: readonly PieceReport[] }, id: string) =>
  report.pieces.find(({ piece }) => piece === id)

describe('a piece', () => {
  test('is judged on labelled rows; rows without a label count for its coverage alone', () => {
    const report = pieceOf(lint(), 'lexicon:mood')
    expect(report).toMatchObject({ covered: 5, judged: 4, correct: 4, accuracy: 1, label: null })
    expect(report?.coverage).toBeCloseTo(5 / 6)
    expect(report?.interval?.[0]).toBeCloseTo(0.5101)
    expect(report?.interval?.[1]).toBe(1)
  })

  test('has conflicts where another one votes otherwise, and overlaps where it speaks too', () => {
    const report = lint()
    expect(pieceOf(report, 'rule:refund')).toMatchObject({
      ...{ covered: 2, judged: 2, correct: 1, label: 'negative', conflicts: 1 },
      overlaps: [{ piece: 'lexicon:mood', rows: 2 }],
    })
    expect(pieceOf(report, 'lexicon:mood')?.conflicts).toBe(1)
  })

  test('that finds nothing has no accuracy', () => {
    expect(pieceOf(lint(), 'rule:never')).toMatchObject({
      ...{ covered: 0, coverage: 0, judged: 0, accuracy: null, interval: null, overlaps: [] },
    })
  })

  test('with a damaged pattern speaks nowhere and harms no other', () => {
    const damaged = packOf({
      lexicons: [lexicon('broken', { '(': 1 }, { match: 'regex' })],
      rules: [rule('bad', { regex: '(' }), ...content.rules],
    })
    const report = lint(damaged)
    expect(pieceOf(report, 'rule:bad')?.covered).toBe(0)
    expect(pieceOf(report, 'lexicon:broken')?.covered).toBe(0)
    expect(pieceOf(report, 'rule:refund')?.covered).toBe(2)
  })
})

describe('a pack', () => {
  test('is judged by the majority of its votes, ties left out', () => {
    expect(lint()).toMatchObject({
      ...{ rows: 6, labelledRows: 5, covered: 5, conflicting: 1, accuracy: 1 },
    })
  })

  test('never looks at test rows, but says which of them stand in it', () => {
    const leaking = packOf({
      rationales: [
        { term: 'It was A good film, that I liked!', role: 'reason', label: null },
        { term: 'good film', role: 'reason', label: null },
      ],
    })
    expect(lint(leaking).leakedRows).toBe(1)
    expect(lint().leakedRows).toBe(0)
  })

  test('is told which labels it does not reach and which the dataset does not have', () => {
    const other = packOf({
      labels: ['positive', 'mixed'],
      rules: [rule('r', { contains: 'good' })],
    })
    expect(lint(other)).toMatchObject({
      unreachedLabels: ['negative'],
      unmappedLabels: ['mixed'],
    })
  })

  test('of several labels a row has no conflicts', () => {
    const several = [rowOf(0, 'good bad', ['negative', 'positive'])]
    const pack = packOf({
      rules: [rule('g', { contains: 'good' }), rule('b', { contains: 'bad' }, 'negative')],
    })
    const prepared = prepareRows(several, labels, false)
    const report = lintPack({ content: pack, labels, map: {}, rows: prepared })
    expect(report.conflicting).toBe(0)
    expect(report.pieces.map(({ correct, conflicts }) => [correct, conflicts])).toEqual([
      [1, 0],
      [1, 0],
    ])
  })

  test('without rows has no figures', () => {
    expect(lint(content, [])).toMatchObject({ rows: 0, covered: 0, accuracy: null })
  })
})

test('a memory gives the same report, also after an edit', () => {
  const prepared = prepareRows(rows, labels)
  const memory = new VoteMemory()
  const look = (pack: PackContent, remembered?: VoteMemory) =>
    lintPack({
      ...{ content: pack, labels, map: {}, rows: prepared },
      ...(remembered === undefined ? {} : { memory: remembered }),
    })
  expect(look(content, memory)).toEqual(look(content))
  expect(look(content, memory)).toEqual(look(content))
  const edited = {
    ...content,
    lexicons: [lexicon('mood', { good: -2, bad: -3 })],
    rules: [
      { ...rule('renamed', { contains: 'refund' }, 'negative'), confidence: 0.5 },
      rule('refund', { contains: 'refund' }, 'positive'),
    ],
  }
  expect(look(edited, memory)).toEqual(look(edited))
  expect(look(edited, memory).pieces[1]?.piece).toBe('rule:renamed')
})
