import { describe, expect, it } from 'vitest'
import type { BatchOptions } from '../../../src/main/data/batches'
import { createBatches, evaluationBatches } from '../../../src/main/data/batches'
import { createRandom, restoreRandom } from '../../../src/main/data/random'

const random = createRandom(7)
const lengths = Int32Array.from({ length: 1003 }, () => 3 + random.below(60))
const options: BatchOptions = {
  lengths,
  size: 32,
  tokens: null,
  order: 'length',
  seed: 1,
  accumulate: 1,
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
    const batches = createBatches({ ...options, order })
    expect(rowsOf(batches.epoch(0))).toEqual(everyRow)
    expect(rowsOf(batches.epoch(5))).toEqual(everyRow)
    expect(batches.epoch(0)).not.toEqual(batches.epoch(1))
    expect(batches.epoch(0).filter((rows) => rows.length !== 32)).toHaveLength(1)
  })

  it('are the same for the same seed and others for another', () => {
    expect(createBatches(options).epoch(3)).toEqual(createBatches(options).epoch(3))
    expect(createBatches(options).epoch(3)).not.toEqual(
      createBatches({ ...options, seed: 2 }).epoch(3),
    )
  })

  it('of similar lengths need hardly any padding, in random order of batches', () => {
    const tokens = lengths.reduce((sum, length) => sum + length, 0)
    const sorted = createBatches(options).epoch(0)
    expect(padded(sorted)).toBeLessThan(tokens * 1.06)
    expect(padded(createBatches({ ...options, order: 'random' }).epoch(0))).toBeGreaterThan(
      tokens * 1.5,
    )
    const first = sorted.map((rows) => lengths[rows[0] ?? 0] ?? 0)
    expect(first).not.toEqual(first.toSorted((a, b) => a - b))
  })

  it('stay within a token budget, with as many steps every epoch', () => {
    const batches = createBatches({ ...options, tokens: 512 })
    for (const rows of batches.epoch(0)) expect(padded([rows])).toBeLessThanOrEqual(512)
    expect(rowsOf(batches.epoch(0))).toEqual(everyRow)
    expect(batches.epoch(1)).toHaveLength(batches.epoch(0).length)
  })

  it('give a row longer than the budget a batch of its own', () => {
    const batches = createBatches({ ...options, lengths: [5, 900, 5], tokens: 64 })
    expect(
      batches
        .epoch(0)
        .map((rows) => rows.length)
        .sort(),
    ).toEqual([1, 2])
  })

  it('continue from any position as if they had never stopped', () => {
    const batches = createBatches({ ...options, accumulate: 3 })
    const whole = batches.from({ epoch: 0, batch: 0 })
    for (let count = 0; count < 80; count += 1) {
      const here = whole.next().value
      const resumed = createBatches({ ...options, accumulate: 3 })
        .from(here.position)
        .next().value
      expect(resumed).toEqual(here)
    }
  })

  it('count steps by accumulation, also for part of an epoch', () => {
    const batches = createBatches({ ...options, accumulate: 5 })
    expect(batches.stepsIn(0)).toBe(Math.ceil(32 / 5))
    expect(batches.steps(2)).toBe(14)
    expect(batches.steps(1.5)).toBe(7 + 4)
    const seen = batches.from({ epoch: 0, batch: 0 })
    const steps = Array.from({ length: 32 }, () => seen.next().value)
    expect(steps.filter((at) => at.endsStep)).toHaveLength(7)
    expect(steps.at(-1)?.endsEpoch).toBe(true)
    const stepRows = steps.filter((at) => at.endsStep).map((at) => at.stepRows)
    expect(stepRows.reduce((sum, count) => sum + count, 0)).toBe(1003)
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
    const known = restoreRandom([1, 2, 3, 4])
    expect([known.next(), known.next(), known.next(), known.next()]).toEqual([
      11520, 0, 5927040, 70819200,
    ])
  })

  it('continue from a stored state', () => {
    const one = createRandom(5)
    one.next()
    const other = restoreRandom(one.state())
    expect([one.float(), one.below(10)]).toEqual([other.float(), other.below(10)])
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
