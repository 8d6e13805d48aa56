import { describe, expect, it } from 'vitest'
import { bootstrapMean, quantile } from '../../../../src/main/knowledge/statistics/bootstrap'
import { createRandom } from '../../../../src/main/platform/random'

describe('the bootstrap interval of a mean', () => {
  it('holds the mean and gives the same numbers again', () => {
    const values = [0.61, 0.7, 0.66, 0.72, 0.64]
    const first = bootstrapMean(values)
    expect(first.mean).toBeCloseTo(0.666, 12)
    expect(first.low).toBeLessThan(first.mean)
    expect(first.high).toBeGreaterThan(first.mean)
    expect(bootstrapMean(values)).toEqual(first)
  })

  it('is as wide as normal theory says for many values', () => {
    const random = createRandom(5)
    const values = Array.from({ length: 400 }, () => random.below(1000) / 1000)
    const { mean, low, high } = bootstrapMean(values)
    const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length
    const error = Math.sqrt(variance / values.length)
    expect((high - low) / (2 * 1.96 * error)).toBeGreaterThan(0.96)
    expect((high - low) / (2 * 1.96 * error)).toBeLessThan(1.04)
  })

  it('covers the true mean of ten values about nine times in ten', () => {
    let covered = 0
    for (let trial = 0; trial < 300; trial += 1) {
      const random = createRandom(11, trial)
      const values = Array.from({ length: 10 }, () => random.below(1001) / 1000)
      const { low, high } = bootstrapMean(values, { resamples: 1000 })
      if (low <= 0.5 && 0.5 <= high) covered += 1
    }
    expect(covered / 300).toBeGreaterThan(0.86)
    expect(covered / 300).toBeLessThan(0.96)
  })

  it('is a point for one value, and refuses none', () => {
    expect(bootstrapMean([0.7])).toEqual({ mean: 0.7, low: 0.7, high: 0.7 })
    expect(() => bootstrapMean([])).toThrow(RangeError)
  })

  it('finds quantiles between neighbours', () => {
    expect(quantile([1, 2, 4], 0.25)).toBe(1.5)
    expect(quantile([1, 2, 4], 1)).toBe(4)
  })
})
