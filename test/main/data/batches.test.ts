import { describe, expect, it } from 'vitest'
import type { BatchOptions } from '../../../src/main/data/batches'
import { evaluationBatches, planEpoch } from '../../../src/main/data/batches'
import { createRandom, randomFrom } from '../../../src/main/platform/random'

const random = createRandom(7)
const lengths = Int32Array.from({ length: 1003 }, () => 3 + random.below(60))
const options: BatchOptions = {
  lengths,
  size: 32,
  tokens: null,
  order: 'length',
  seed: 1,
}

const rowsOf = (batches: readonly Int32Array[]): number[] =>
  batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)
const everyRow = [...lengths.keys()]
const padded = (batches: readonly Int32Array[]): number =>
  batches.reduce(
    (sum, rows) => sum + rows.length * Math.max(...[...rows].map((row) => lengths[row] ?? 0)),
    0,
  )

describe('batches', () => {
  it.each(['length', 'random'] as const)('hold every row once an epoch (%s)', (order) => {
    const epoch = (number: number) => planEpoch({ ...options, order }, number)
    expect(rowsOf(epoch(0))).toEqual(everyRow)
    expect(rowsOf(epoch(5))).toEqual(everyRow)
    expect(epoch(0)).not.toEqual(epoch(1))
    expect(epoch(0).filter((rows) => rows.length !== 32)).toHaveLength(1)
  })

  it('are the same for the same seed and others for another', () => {
    expect(planEpoch(options, 3)).toEqual(planEpoch(options, 3))
    expect(planEpoch(options, 3)).not.toEqual(planEpoch({ ...options, seed: 2 }, 3))
  })

  it('of similar lengths need hardly any padding, in random order of batches', () => {
    const tokens = lengths.reduce((sum, length) => sum + length, 0)
    const sorted = planEpoch(options, 0)
    expect(padded(sorted)).toBeLessThan(tokens * 1.06)
    expect(padded(planEpoch({ ...options, order: 'random' }, 0))).toBeGreaterThan(tokens * 1.5)
    const first = sorted.map((rows) => lengths[rows[0] ?? 0] ?? 0)
    expect(first).not.toEqual(first.toSorted((a, b) => a - b))
  })

  it('stay within a token budget, with as many steps every epoch', () => {
    const epoch = (number: number) => planEpoch({ ...options, tokens: 512 }, number)
    for (const rows of epoch(0)) expect(padded([rows])).toBeLessThanOrEqual(512)
    expect(rowsOf(epoch(0))).toEqual(everyRow)
    expect(epoch(1)).toHaveLength(epoch(0).length)
  })

  it('give a row longer than the budget a batch of its own', () => {
    const batches = planEpoch({ ...options, lengths: [5, 900, 5], tokens: 64 }, 0)
    expect(batches.map((rows) => rows.length).sort()).toEqual([1, 2])
  })

  it('for evaluation hold every row once, shortest first', () => {
    const batches = evaluationBatches({ lengths, size: 100, tokens: null })
    expect(rowsOf(batches)).toEqual(everyRow)
    const order = batches.flatMap((rows) => [...rows].map((row) => lengths[row] ?? 0))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })
})

describe('the random numbers', () => {
  it('are the published ones of xoshiro128**', () => {
    const known = randomFrom([1, 2, 3, 4])
    expect([known.next(), known.next(), known.next(), known.next()]).toEqual([
      11520, 0, 5927040, 70819200,
    ])
  })

  it('are spread evenly', () => {
    const counts = new Array<number>(10).fill(0)
    const numbers = createRandom(3)
    for (let at = 0; at < 100_000; at += 1) {
      const drawn = numbers.below(10)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })
})
