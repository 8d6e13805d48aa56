import { describe, expect, it } from 'vitest'
import { holmCorrected } from '../../../../src/main/knowledge/statistics/holm'

describe("Holm's correction", () => {
  it('multiplies the least p-value by all tests, the next by one less, and never falls', () => {
    // Holm's steps: 0.01 · 4, 0.02 · 3, max(0.06, 0.03 · 2), 0.2 · 1.
    expect(holmCorrected([0.03, 0.01, 0.2, 0.02])).toEqual([0.06, 0.04, 0.2, 0.06])
    expect(holmCorrected([0.6, 0.7])).toEqual([1, 1])
    expect(holmCorrected([])).toEqual([])
  })
})
