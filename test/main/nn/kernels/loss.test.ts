import { describe, expect, it } from 'vitest'
import {
  binaryCrossEntropy,
  crossEntropy,
  meanSquaredError,
  smoothed,
  softCrossEntropy,
} from '../../../../src/main/nn/kernels/loss'
import type { Tape, Value } from '../../../../src/main/nn/tape'
import { differentiate, expectGradients, operand } from '../support'

const logits = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 1, 0, -1) }
const classes = Int32Array.of(2, 1)

type Loss = (tape: Tape, logits: Value) => Value

function value(loss: Loss): number {
  const { values } = differentiate((tape, [x]) => loss(tape, must(x)), [logits])
  return values[0] ?? NaN
}

function must(x: Value | undefined): Value {
  if (x === undefined) throw new RangeError('There are logits.')
  return x
}

const logSumExp = (...x: number[]): number =>
  Math.log(x.reduce((sum, one) => sum + Math.exp(one), 0))

const losses: readonly (readonly [string, Loss])[] = [
  ['cross-entropy', (tape, x) => crossEntropy(tape, x, classes)],
  [
    'weighted cross-entropy',
    (tape, x) => crossEntropy(tape, x, classes, { rowWeights: Float32Array.of(1, 3) }),
  ],
  ['smoothed cross-entropy', (tape, x) => softCrossEntropy(tape, x, smoothed(classes, 3, 0.1))],
  [
    'binary cross-entropy',
    (tape, x) => binaryCrossEntropy(tape, x, Float32Array.of(1, 0, 1, 0, 0, 1)),
  ],
  [
    'mean squared error',
    (tape, x) => meanSquaredError(tape, x, Float32Array.of(1, 0.5, 1, 0, 0, 1)),
  ],
]

describe('losses', () => {
  it.each(losses)('%s has its gradient', (_, loss) => {
    expectGradients((tape, [x]) => loss(tape, must(x)), [operand([2, 3], 4, 2)])
  })

  it('cross-entropy is the mean of −log softmax of the class', () => {
    const expected = (logSumExp(1, 2, 3) - 3 + (logSumExp(1, 0, -1) - 0)) / 2
    expect(value((tape, x) => crossEntropy(tape, x, classes))).toBeCloseTo(expected, 6)
  })

  it('row weights make a weighted mean', () => {
    const rowWeights = Float32Array.of(1, 3)
    const expected = (logSumExp(1, 2, 3) - 3 + 3 * logSumExp(1, 0, -1)) / 4
    expect(value((tape, x) => crossEntropy(tape, x, classes, { rowWeights }))).toBeCloseTo(
      expected,
      6,
    )
  })

  it('rows without weight give zero, not NaN', () => {
    const rowWeights = new Float32Array(2)
    expect(value((tape, x) => crossEntropy(tape, x, classes, { rowWeights }))).toBe(0)
  })

  it('smoothing spreads its share over all classes', () => {
    expect([...smoothed(Int32Array.of(1), 4, 0.2)].map((p) => Math.round(p * 1000) / 1000)).toEqual(
      [0.05, 0.85, 0.05, 0.05],
    )
  })

  it('binary cross-entropy and squared error are means over rows and outputs', () => {
    const ones = new Float32Array(6).fill(1)
    const x = [...logits.data]
    const binary = x.reduce((sum, one) => sum + Math.log(1 + Math.exp(-one)), 0) / 6
    const squares = x.reduce((sum, one) => sum + (one - 1) ** 2, 0) / 6
    expect(value((tape, v) => binaryCrossEntropy(tape, v, ones))).toBeCloseTo(binary, 6)
    expect(value((tape, v) => meanSquaredError(tape, v, ones))).toBeCloseTo(squares, 6)
  })
})
