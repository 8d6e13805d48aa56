import { describe, expect, it } from 'vitest'
import type { ResultCell, ResultQuestion } from '../../../src/main/knowledge/ablation-result'
import { resultInSteps, resultOf } from '../../../src/main/knowledge/ablation-result'

const cell = (
  arm: string,
  labels: number | null,
  seed: number,
  value: number,
  outcomes: ResultCell['outcomes'] = null,
): ResultCell => ({ arm, labels, seed, value, outcomes })

const question: ResultQuestion = {
  metric: 'test.accuracy',
  lowerIsBetter: false,
  arms: ['none', 'both'],
  pairs: [['both', 'none']],
  efficiencyOf: ['both'],
  allLabels: 1000,
}

const right = (...answers: readonly number[]): ResultCell['outcomes'] => ({
  rows: Int32Array.from(answers, (_, row) => row + 100),
  right: Uint8Array.from(answers),
})

describe('the result of an ablation', () => {
  const cells = [
    ...[0.6, 0.62, 0.64].map((value, seed) => cell('none', 16, seed, value)),
    ...[0.7, 0.74, 0.69].map((value, seed) => cell('both', 16, seed, value)),
    ...[0.72, 0.7, 0.74].map((value, seed) => cell('none', 64, seed, value)),
    ...[0.74, 0.73, 0.75].map((value, seed) => cell('both', 64, seed, value)),
  ]
  const { table, tests, efficiency } = resultOf(cells, question)

  it('gives each arm its mean and interval at each number of labels', () => {
    expect(table.map(({ labels, arm, seeds }) => [labels, arm, seeds])).toEqual([
      [16, 'none', 3],
      [16, 'both', 3],
      [64, 'none', 3],
      [64, 'both', 3],
    ])
    expect(table[0]?.mean).toBeCloseTo(0.62, 12)
    expect(table[1]?.mean).toBeCloseTo(0.71, 12)
    expect(table[0]?.low).toBeGreaterThanOrEqual(0.6)
    expect(table[0]?.high).toBeLessThanOrEqual(0.64)
  })

  it('tests the arms seed by seed', () => {
    // Differences 0.10, 0.12, 0.05: two of eight assignments of signs are as far out.
    expect(tests[0]).toMatchObject({ labels: 16, arm: 'both', against: 'none', p: 0.25, seeds: 3 })
    expect(tests[0]?.difference).toBeCloseTo(0.09, 12)
    expect(tests[0]?.low).toBeGreaterThan(0.049)
  })

  it('says how many labels the run without knowledge needs for the same', () => {
    // The curve goes from 0.62 at 16 to 0.72 at 64: 0.71 lies at nine tenths of the way.
    const needed = Math.exp(Math.log(16) + 0.9 * Math.log(4))
    expect(efficiency[0]).toMatchObject({ arm: 'both', labels: 16 })
    expect(efficiency[0]?.needed).toBeCloseTo(needed, 6)
    expect(efficiency[0]?.ratio).toBeCloseTo(needed / 16, 6)
    expect(efficiency[1]).toEqual({ arm: 'both', labels: 64, needed: null, ratio: null })
  })

  it('compares over the seeds that every arm has, while half done', () => {
    const half = resultOf(
      [
        ...[0.6, 0.62, 0.9].map((value, seed) => cell('none', 16, seed, value)),
        ...[0.7, 0.74].map((value, seed) => cell('both', 16, seed, value)),
      ],
      question,
    )
    expect(half.table.map(({ seeds }) => seeds)).toEqual([2, 2])
    expect(half.table[0]?.mean).toBeCloseTo(0.61, 12)
    expect(half.tests[0]?.seeds).toBe(2)
  })

  it('has no row where the arms share no seed, and none of nothing', () => {
    const apart = [cell('none', 16, 0, 0.6), cell('both', 16, 1, 0.7)]
    const empty = { table: [], tests: [], efficiency: [] }
    expect(resultOf(apart, question)).toEqual(empty)
    expect(resultOf([], question)).toEqual(empty)
  })

  it('believes a difference only if other rows would show it as well', () => {
    // One row alone makes all of a difference that every seed shows: p over seeds 2/64, over rows 1.
    const seeds = [0, 1, 2, 3, 4, 5]
    const oneRow = resultOf(
      seeds.flatMap((seed) => [
        cell('none', 16, seed, 0.5, right(1, 0, 1, 0)),
        cell('both', 16, seed, 0.75, right(1, 1, 1, 0)),
      ]),
      question,
    )
    expect(oneRow.tests[0]?.p).toBe(1)
    // Six rows, each in every seed: over rows 2/64, too.
    const manyRows = resultOf(
      seeds.flatMap((seed) => [
        cell('none', 16, seed, 0, right(0, 0, 0, 0, 0, 0)),
        cell('both', 16, seed, 1, right(1, 1, 1, 1, 1, 1)),
      ]),
      question,
    )
    expect(manyRows.tests[0]?.p).toBe(2 / 64)
  })

  it('asks McNemar about two models, of one seed', () => {
    const pair = resultOf(
      [
        cell('none', 16, 0, 0.2, right(0, 0, 0, 0, 0, 0, 1, 0, 1)),
        cell('both', 16, 0, 0.8, right(1, 1, 1, 1, 1, 1, 1, 1, 0)),
      ],
      question,
    )
    // Of 8 rows that differ 7 are better: 2 (1 + 8) / 2⁸.
    expect(pair.tests[0]?.p).toBeCloseTo(18 / 256, 12)
  })

  it('tests over seeds alone where a run has no answers on record', () => {
    const part = resultOf(
      [0, 1, 2].flatMap((seed) => [
        cell('none', 16, seed, 0.5, seed === 1 ? null : right(1, 0)),
        cell('both', 16, seed, 1, right(1, 1)),
      ]),
      question,
    )
    expect(part.tests[0]?.p).toBe(2 / 8)
  })

  it('knows that a loss is better when it is lower, and what all labels are', () => {
    const loss = resultOf(
      [cell('none', 10, 0, 0.9), cell('none', null, 0, 0.5), cell('both', 10, 0, 0.7)],
      { ...question, metric: 'test.loss', lowerIsBetter: true },
    )
    expect(loss.efficiency[0]?.needed).toBeCloseTo(100, 9)
    expect(loss.table.map(({ labels }) => labels)).toEqual([10, 10, null])
  })
})

describe('the result of hundreds of runs', () => {
  it('is worked out in many short steps', () => {
    const arms = ['none', 'training', 'prediction', 'both', 'auto']
    const many = arms.flatMap((arm, at) =>
      [16, 64, 256].flatMap((labels) =>
        Array.from({ length: 20 }, (_, seed) => {
          const answers = Array.from({ length: 800 }, (_, row) =>
            Number((row * 7 + seed * 13 + labels) % 10 < 6 + at / 2),
          )
          const value = answers.reduce((sum, each) => sum + each, 0) / 800
          return cell(arm, labels, seed, value, right(...answers))
        }),
      ),
    )
    const pairs = arms.slice(1).map((arm) => [arm, 'none'] as const)
    const steps = resultInSteps(many, { ...question, arms, pairs })
    let count = 0
    let step = steps.next()
    for (; step.done !== true; step = steps.next()) count += 1
    // One for each interval of the table, three and its draws for each test.
    expect(count).toBeGreaterThan(15 + 3 * 12 + 12)
    expect(step.value.tests).toHaveLength(12)
  })
})
