import { describe, expect, it } from 'vitest'
import { signFlipTest } from '../../../../src/main/knowledge/statistics/permutation'
import { createRandom } from '../../../../src/main/platform/random'

describe('the paired permutation test', () => {
  it('counts all assignments of signs where they are few', () => {
    // Sums of ±1 ±2 ±3: 6, 4, 2, 0, 0, -2, -4, -6; two of eight are as far out as 6.
    expect(signFlipTest([1, 2, 3])).toBe(2 / 8)
    // As far out as 4: 6, 4, -4, -6.
    expect(signFlipTest([-1, 2, 3])).toBe(4 / 8)
    expect(signFlipTest([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toBe(2 / 1024)
  })

  it('says 1 where nothing differs, and where there is one difference', () => {
    expect(signFlipTest([])).toBe(1)
    expect(signFlipTest([0, 0, 0])).toBe(1)
    expect(signFlipTest([0.4])).toBe(1)
  })

  it('agrees with McNemar’s exact test on rows that turn by one', () => {
    // 15 rows better, 5 worse: 2 · P(X ≥ 15), X binomial(20, 1/2) = 0.0414.
    const differences = [...Array<number>(15).fill(1), ...Array<number>(5).fill(-1)]
    expect(signFlipTest(differences, { samples: 100_000 })).toBeCloseTo(0.0414, 2)
  })

  it('never says 0 when it samples', () => {
    expect(signFlipTest(Array<number>(60).fill(1), { samples: 999 })).toBe(1 / 1000)
  })

  it('is wrong about one time in twenty at 5% where nothing is to be found', () => {
    let wrong = 0
    for (let trial = 0; trial < 400; trial += 1) {
      const random = createRandom(3, trial)
      const differences = Array.from({ length: 10 }, () => random.below(2001) - 1000)
      if (signFlipTest(differences) <= 0.05) wrong += 1
    }
    expect(wrong / 400).toBeGreaterThan(0.02)
    expect(wrong / 400).toBeLessThan(0.08)
  })
})
