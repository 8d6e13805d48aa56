import { describe, expect, it } from 'vitest'
import { wilsonInterval } from '../../../../src/main/knowledge/statistics/wilson'

describe('the Wilson interval', () => {
  it('is that of the paper', () => {
    // statsmodels.stats.proportion.proportion_confint(8, 10, method='wilson')
    const [low, high] = wilsonInterval(8, 10)
    expect(low).toBeCloseTo(0.490162, 5)
    expect(high).toBeCloseTo(0.943318, 5)
  })

  it('stays within 0 and 1, and is everything without rows', () => {
    expect(wilsonInterval(0, 5)[0]).toBe(0)
    expect(wilsonInterval(5, 5)[1]).toBe(1)
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
  })
})
