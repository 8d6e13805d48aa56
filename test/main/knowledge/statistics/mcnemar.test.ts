import { describe, expect, it } from 'vitest'
import { mcnemarTest } from '../../../../src/main/knowledge/statistics/mcnemar'

describe("McNemar's test", () => {
  it('is the two-sided binomial test of the rows that differ', () => {
    // 2 (C(10,0) + C(10,1) + C(10,2)) / 2^10 = 112 / 1024
    expect(mcnemarTest(2, 8)).toBeCloseTo(112 / 1024, 12)
    expect(mcnemarTest(8, 2)).toBeCloseTo(112 / 1024, 12)
    expect(mcnemarTest(0, 6)).toBeCloseTo(2 / 64, 12)
  })

  it('is 1 where nothing differs or both are right as often', () => {
    expect(mcnemarTest(0, 0)).toBe(1)
    expect(mcnemarTest(5, 5)).toBe(1)
  })

  it('stays exact with thousands of rows', () => {
    // scipy.stats.binomtest(2400, 5000).pvalue
    expect(mcnemarTest(2400, 2600)).toBeCloseTo(0.004883649737517494, 8)
  })
})
