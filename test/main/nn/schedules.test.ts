import { describe, expect, test } from 'vitest'
import {
  createSchedule,
  warmupSteps,
  type ScheduleName,
} from '../../../src/main/nn/optimizers/schedules'

const values = (
  name: ScheduleName,
  warmup: number,
  totalSteps: number,
  steps: readonly number[],
): number[] => steps.map(createSchedule({ name, warmup, totalSteps }))

describe('warm-up', () => {
  test('a number from 1 on counts steps, below 1 it is a share rounded up', () => {
    expect(warmupSteps(25, 1000)).toBe(25)
    expect(warmupSteps(0.06, 1000)).toBe(60)
    expect(warmupSteps(0.1, 15)).toBe(2)
    expect(warmupSteps(0, 1000)).toBe(0)
  })

  test('every schedule with a warm-up rises in equal steps from zero', () => {
    for (const name of ['constant', 'linear', 'cosine', 'polynomial', 'inverse-sqrt'] as const)
      expect(values(name, 4, 20, [0, 1, 2, 3, 4])).toEqual([0, 0.25, 0.5, 0.75, 1])
  })
})

describe('the values of transformers for ten steps of which two warm up', () => {
  const close = (got: readonly number[], expected: readonly number[]): void => {
    expect(got).toHaveLength(expected.length)
    got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 12))
  }

  test('constant stays at the peak', () => {
    close(values('constant', 2, 10, [2, 5, 10]), [1, 1, 1])
  })

  test('linear falls to zero at the last step and stays there', () => {
    close(values('linear', 2, 10, [2, 3, 6, 9, 10, 12]), [1, 0.875, 0.5, 0.125, 0, 0])
  })

  test('cosine is half way down at half of the steps', () => {
    close(values('cosine', 2, 10, [2, 4, 6, 8, 10]), [
      1,
      0.5 + Math.SQRT1_2 / 2,
      0.5,
      0.5 - Math.SQRT1_2 / 2,
      0,
    ])
  })

  test('polynomial follows its exponent and ends at its end share', () => {
    const squared = createSchedule({
      name: 'polynomial',
      warmup: 2,
      totalSteps: 10,
      power: 2,
      endShare: 0.1,
    })
    close([2, 4, 6, 10, 11].map(squared), [1, 0.9 * 0.5625 + 0.1, 0.9 * 0.25 + 0.1, 0.1, 0.1])
  })

  test('inverse square root has halved the rate at four times the warm-up', () => {
    close(values('inverse-sqrt', 2, 10, [2, 8]), [1, 0.5])
    close(values('inverse-sqrt', 0, 10, [0, 10_000]), [1, Math.SQRT1_2])
  })
})

test('one-cycle starts at a 25th, peaks after three tenths, ends at a 250,000th', () => {
  const factor = createSchedule({ name: 'one-cycle', warmup: 0, totalSteps: 10 })
  expect(factor(0)).toBeCloseTo(0.04, 12)
  expect(factor(1)).toBeCloseTo(0.52, 12)
  expect(factor(2)).toBeCloseTo(1, 12)
  expect(factor(9)).toBeCloseTo(4e-6, 12)
})

test('a run of one step has finite rates', () => {
  for (const name of [
    'constant',
    'linear',
    'cosine',
    'polynomial',
    'inverse-sqrt',
    'one-cycle',
  ] as const)
    for (const value of values(name, 0, 1, [0, 1])) expect(Number.isFinite(value)).toBe(true)
})
