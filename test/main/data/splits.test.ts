import { describe, expect, it } from 'vitest'
import type { SplitOptions } from '../../../src/main/data/splits'
import { splitRows, trainingCounts } from '../../../src/main/data/splits'

type Row = Parameters<typeof splitRows>[0][number]
const rows = (count: number, part: Row['part'] = 'all'): Row[] =>
  Array.from({ length: count }, (_, at) => ({ part, label: at % 4 === 0 ? 'rare' : 'common' }))
const options: SplitOptions = { validation: 0.1, test: 0.2, trainRows: null, seed: 0 }
const rareIn = (all: readonly Row[], at: Int32Array): number =>
  [...at].filter((row) => all[row]?.label === 'rare').length

describe('a split', () => {
  it('uses every row once and keeps the share of each class', () => {
    const all = rows(1000)
    const split = splitRows(all, options)
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([
      700, 100, 200,
    ])
    expect(new Set([...split.train, ...split.validation, ...split.test]).size).toBe(1000)
    expect(rareIn(all, split.train)).toBe(175)
    expect(rareIn(all, split.validation)).toBe(25)
    expect(rareIn(all, split.test)).toBe(50)
  })

  it('is decided by the seed alone', () => {
    expect(splitRows(rows(100), options)).toEqual(splitRows(rows(100), options))
    expect(splitRows(rows(100), options)).not.toEqual(splitRows(rows(100), { ...options, seed: 1 }))
    expect([...splitRows(rows(20), { ...options, validation: 0.2 }).test]).toMatchInlineSnapshot(`
      [
        5,
        8,
        9,
        10,
      ]
    `)
  })

  it('keeps the parts that the files gave', () => {
    const all = [...rows(90, 'train'), ...rows(10, 'test')]
    const split = splitRows(all, options)
    expect([...split.test]).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99])
    expect([split.train.length, split.validation.length]).toEqual([81, 9])
  })

  it('counts rows without a label, and those beyond the training rows asked for, as unlabelled', () => {
    const all: Row[] = [...rows(8), { part: 'train', label: null }, { part: 'test', label: null }]
    const split = splitRows(all, { ...options, test: 0, validation: 0, trainRows: 3 })
    expect(split.unlabelled).toHaveLength(6)
    expect([...split.train, ...split.unlabelled].sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ])
  })

  it('leaves out rows without a label', () => {
    const split = splitRows([...rows(8), { part: 'all', label: null }], {
      ...options,
      test: 0,
      validation: 0,
    })
    expect([...split.train]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('draws fewer training rows without touching the other parts', () => {
    const all = rows(1000)
    const few = splitRows(all, { ...options, trainRows: 40 })
    expect(few.test).toEqual(splitRows(all, options).test)
    expect([few.train.length, rareIn(all, few.train)]).toEqual([40, 10])
  })

  it('is refused when nothing is left to train on', () => {
    expect(() => splitRows([{ part: 'test', label: 'a' }], options)).toThrow(/no labelled rows/)
    expect(() => splitRows(rows(10), { ...options, validation: 0.6, test: 0.6 })).toThrow(
      /leave nothing/,
    )
    expect(() => splitRows(rows(1), { ...options, validation: 0, test: 0.6 })).toThrow(/too few/)
  })
})

describe('the training rows of each class, counted beforehand', () => {
  const counted = (all: readonly Row[]): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>()
    for (const { label } of all) {
      if (typeof label === 'string') counts.set(label, (counts.get(label) ?? 0) + 1)
    }
    return counts
  }

  it.each([
    { validation: 0.1, test: 0.2, trainRows: null },
    { validation: 0.25, test: 0, trainRows: null },
    { validation: 0.1, test: 0.2, trainRows: 7 },
    { validation: 0, test: 0.5, trainRows: 1 },
    { validation: 0.45, test: 0.45, trainRows: 100 },
  ])('are those that a split draws: %o', (shares) => {
    for (const count of [11, 23, 100]) {
      const all = rows(count)
      const { train } = splitRows(all, { ...shares, seed: count })
      const drawn = counted([...train].flatMap((at) => all[at] ?? []))
      expect(trainingCounts(counted(all), shares)).toEqual(drawn)
    }
  })
})
