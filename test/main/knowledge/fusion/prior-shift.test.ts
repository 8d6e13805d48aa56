import { describe, expect, it } from 'vitest'
import {
  classShares,
  estimateShares,
  shiftStrength,
} from '../../../../src/main/knowledge/fusion/prior-shift'
import { fitPriorShift, statedShares } from '../../../../src/main/knowledge/fusion/prior-fit'
import { shifted } from '../../../../src/main/knowledge/fusion/steps'
import { sigmoid } from '../../../../src/main/knowledge/softmax'
import { draws } from '../draws'

/** True posteriors under equal shares of rows whose class 1 has another share. */
function population(rows: number, share: number, seed: number): Float64Array {
  const { normal, uniform } = draws(seed)
  const probabilities = new Float64Array(rows * 2)
  for (let i = 0; i < rows; i += 1) {
    const mean = uniform() < share ? 1 : -1
    const p = sigmoid(2 * (mean + normal()))
    probabilities[2 * i] = 1 - p
    probabilities[2 * i + 1] = p
  }
  return probabilities
}
const equal = [0.5, 0.5]
const priors = { shares: { bad: 0.2, good: 0.8 }, forbidden: [], implied: [], hierarchy: {} }
const labelMap = { bad: 'negative', good: 'positive' }

describe('a prior shift', () => {
  it('finds the shares of the new population by EM', () => {
    for (const share of [0.1, 0.3, 0.8]) {
      expect(estimateShares(population(5000, share, 1), equal)[1]).toBeCloseTo(share, 1)
    }
    expect(estimateShares(new Float64Array(0), equal)).toEqual(equal)
  })

  it('re-weights as Bayes does', () => {
    // 0.6 · (0.2 / 0.5) : 0.4 · (0.8 / 0.5) = 0.24 : 0.64
    const [first = 0] = shifted(Float64Array.of(0.6, 0.4), {
      source: equal,
      target: [0.2, 0.8],
      exponent: 1,
    })
    expect(first).toBeCloseTo(0.24 / 0.88, 12)
  })

  it('leaves the answer where every class has a share of 0 by mistake', () => {
    const p = Float64Array.of(1, 0)
    expect(shifted(p, { source: equal, target: [0, 1], exponent: 1 })).toEqual(p)
  })

  it('is as strong as unlabelled rows speak for it', () => {
    expect(shiftStrength(population(3000, 0.8, 2), equal, [0.2, 0.8])).toBeGreaterThan(0.9)
    expect(shiftStrength(population(3000, 0.5, 3), equal, [0.05, 0.95])).toBeLessThanOrEqual(0.05)
    expect(shiftStrength(new Float64Array(0), equal, [0.2, 0.8])).toBe(0)
  })

  it('takes stated shares by the names of the dataset, and none that are incomplete', () => {
    expect(statedShares(priors, ['negative', 'positive'], labelMap)).toEqual([0.2, 0.8])
    expect(statedShares(priors, ['negative', 'neutral'], labelMap)).toBeNull()
    expect(classShares(Int32Array.of(0, 0, 1), 2)).toEqual([0.625, 0.375])
  })

  it('gives its strength in front of the calibration', () => {
    const shift = fitPriorShift({
      settings: { use: 'prior-shift', to: 'stated', weight: 0.5 },
      labels: ['negative', 'positive'],
      priors,
      labelMap,
      y: Int32Array.of(0, 1),
      temperature: 2,
      unlabelled: new Float64Array(0),
    })
    expect(shift).toEqual({ source: equal, target: [0.2, 0.8], exponent: 1 })
  })
})
