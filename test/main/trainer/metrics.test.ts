import { describe, expect, it } from 'vitest'
import {
  classification,
  multiLabel,
  regression,
  sigmoid,
  softmax,
} from '../../../src/main/trainer/metrics'

describe('classification', () => {
  // Rows: actual a a b c, predicted a b b b.
  const logits = Float32Array.of(2, 0, 0, 0, 1, 0, 0, 3, 0, 0, 1, 0)
  const targets = Int32Array.of(0, 0, 1, 2)
  const { metrics, confusion } = classification(logits, targets, ['a', 'b', 'c'])

  it('counts rows by actual and predicted class', () => {
    expect(confusion).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ])
  })

  it('gives the share of right rows', () => {
    expect(metrics['accuracy']).toBe(0.5)
  })

  it('gives precision, recall and F1 of each class, 0 for one never predicted', () => {
    expect(metrics['precision.a']).toBe(1)
    expect(metrics['recall.a']).toBe(0.5)
    expect(metrics['f1.a']).toBeCloseTo(2 / 3, 12)
    expect(metrics['precision.b']).toBeCloseTo(1 / 3, 12)
    expect(metrics['recall.b']).toBe(1)
    expect(metrics['f1.b']).toBe(0.5)
    expect(metrics['f1.c']).toBe(0)
  })

  it('averages over classes for the macro scores', () => {
    expect(metrics['macroF1']).toBeCloseTo((2 / 3 + 1 / 2) / 3, 12)
    expect(metrics['macroRecall']).toBeCloseTo(0.5, 12)
  })

  it('takes the mean cross-entropy as loss', () => {
    const rows = [
      Math.log(Math.exp(2) + 2) - 2,
      Math.log(Math.exp(1) + 2),
      Math.log(Math.exp(3) + 2) - 3,
      Math.log(Math.exp(1) + 2),
    ]
    const mean = rows.reduce((sum, value) => sum + value, 0) / 4
    expect(metrics['loss']).toBeCloseTo(mean, 10)
  })

  it('stays finite for very large logits', () => {
    const far = classification(Float32Array.of(1000, -1000), Int32Array.of(1), ['a', 'b'])
    expect(far.metrics['loss']).toBe(2000)
  })
})

describe('multi-label classification', () => {
  // Actual: {x}, {x, y}, {}; predicted: {x}, {x}, {y}.
  const logits = Float32Array.of(1, -1, 2, -2, -1, 1)
  const targets = Float32Array.of(1, 0, 1, 1, 0, 0)
  const metrics = multiLabel(logits, targets, ['x', 'y'])

  it('counts a row as right only when every class is', () => {
    expect(metrics['subsetAccuracy']).toBeCloseTo(1 / 3, 12)
  })

  it('pools all decisions for micro F1 and averages classes for macro F1', () => {
    expect(metrics['microF1']).toBeCloseTo(4 / 6, 12)
    expect(metrics['f1.x']).toBe(1)
    expect(metrics['f1.y']).toBe(0)
    expect(metrics['macroF1']).toBe(0.5)
  })

  it('takes the mean binary cross-entropy over rows and classes as loss', () => {
    const softplus = (value: number): number => Math.log(1 + Math.exp(value))
    const sum =
      softplus(-1) + softplus(-1) + softplus(-2) + softplus(2) + softplus(-1) + softplus(1)
    expect(metrics['loss']).toBeCloseTo(sum / 6, 10)
  })
})

describe('regression', () => {
  it('gives squared and absolute error, R² and correlation', () => {
    const metrics = regression(Float32Array.of(1, 2, 4), Float32Array.of(1, 3, 5))
    expect(metrics['mse']).toBeCloseTo(2 / 3, 12)
    expect(metrics['loss']).toBe(metrics['mse'])
    expect(metrics['mae']).toBeCloseTo(2 / 3, 12)
    expect(metrics['r2']).toBeCloseTo(1 - 2 / 8, 12)
    // Deviations: (-4/3, -1/3, 5/3) and (-2, 0, 2); covariance 6, variances 42/9 and 8.
    expect(metrics['pearson']).toBeCloseTo(6 / Math.sqrt((42 / 9) * 8), 12)
  })

  it('leaves out what is undefined when all targets are equal', () => {
    const metrics = regression(Float32Array.of(1, 2), Float32Array.of(3, 3))
    expect(Object.keys(metrics)).toEqual(['loss', 'mse', 'mae'])
  })
})

describe('probabilities', () => {
  it('sum to one and survive large logits', () => {
    expect(softmax([1000, 1000])).toEqual([0.5, 0.5])
    expect(softmax([0, Math.log(3)])[1]).toBeCloseTo(0.75, 12)
  })

  it('are one half at a logit of 0', () => {
    expect(sigmoid(0)).toBe(0.5)
    expect(sigmoid(-1000)).toBe(0)
    expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 12)
  })
})
