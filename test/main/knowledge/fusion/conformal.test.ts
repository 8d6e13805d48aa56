import { describe, expect, it } from 'vitest'
import { conformalSet, conformalThreshold } from '../../../../src/main/knowledge/fusion/conformal'
import { softmaxOf } from '../../../../src/main/knowledge/softmax'
import { draws } from '../draws'

/** Rows of a population: scores that know something of the class, badly calibrated. */
function sample(rows: number, seed: number) {
  const { normal, uniform } = draws(seed)
  const y = Int32Array.from({ length: rows }, () => Math.floor(uniform() * 4))
  const probabilities = Array.from(y, (label) =>
    softmaxOf([0, 1, 2, 3].map((k) => 3 * (normal() + (k === label ? 1.2 : 0)))),
  )
  return { y, probabilities }
}

describe('conformal sets', () => {
  it.each([0.8, 0.9, 0.95])('hold the right class with the stated probability: %d', (coverage) => {
    let held = 0
    let asked = 0
    for (let seed = 0; seed < 150; seed += 1) {
      const fit = sample(60, seed)
      const threshold = conformalThreshold(fit.probabilities.flat(), fit.y, 4, coverage)
      const test = sample(200, 10_000 + seed)
      test.probabilities.forEach((row, i) => {
        asked += 1
        if (conformalSet(row, threshold).includes(test.y[i] ?? -1)) held += 1
      })
    }
    expect(held / asked).toBeGreaterThan(coverage - 0.01)
    expect(held / asked).toBeLessThan(coverage + 1 / 61 + 0.02)
  })

  it('take the ⌈(n + 1) c⌉-th smallest score', () => {
    // Scores 1 − p(y): 0.1, 0.2, 0.3, 0.4; ⌈5 · 0.6⌉ = 3.
    const probabilities = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4]
    expect(conformalThreshold(probabilities, new Int32Array(4), 2, 0.6)).toBeCloseTo(0.3, 12)
  })

  it('name every class where the rows are too few for the coverage', () => {
    expect(conformalThreshold([0.9, 0.1], Int32Array.of(0), 2, 0.9)).toBeNull()
    expect(conformalSet([0.9, 0.1], null)).toEqual([0, 1])
  })

  it('are never empty', () => {
    expect(conformalSet([0.5, 0.3, 0.2], 0.1)).toEqual([0])
  })
})
