/**
 * Losses: the weighted mean of row losses, Σ w l / Σ w, as a scalar. Every one computes its gradient
 * with respect to the logits in the forward pass, where both share their work; the backward pass
 * multiplies it by the incoming number.
 */
import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import type { Tensor } from '../tf'
import { attribute, execute, readFloats, scalar, tensor } from '../tf'

export interface LossOptions {
  /** One weight a row; undefined: all 1. */
  readonly rowWeights?: Float32Array | undefined
}

/** Weights over their sum, [rows]; all zeros where the sum is zero. */
function shares(rows: number, weights: Float32Array | undefined): Float32Array {
  if (weights === undefined) return new Float32Array(rows).fill(1 / rows)
  let sum = 0
  for (const weight of weights) sum += weight
  return weights.map((weight) => (sum === 0 ? 0 : weight / sum))
}

/**
 * The scalar Σ share · loss; the gradient of the logits is share · slope. Takes `losses` [rows] and
 * `slopes` [rows, outputs] over.
 */
function weightedMean(
  tape: Tape,
  logits: Value,
  losses: Tensor,
  slopes: Tensor,
  rowWeights: Float32Array | undefined,
): Value {
  const [rows = 0] = losses.shape
  const part = tensor(shares(rows, rowWeights), [rows])
  const weighted = ops.multiply(losses, part)
  const loss = ops.sumAll(weighted)
  losses.dispose()
  weighted.dispose()
  return tape.record1({
    inputs: [logits],
    outputs: [loss],
    kept: [slopes, part],
    backward: ([parts]) => {
      const seed = total(parts)
      const scaled = ops.multiply(part, seed)
      const column = ops.reshape(scaled, [rows, 1])
      const wide = ops.multiply(slopes, column)
      logits.receive(ops.castTo(wide, logits.tensor.dtype))
      for (const one of [seed, scaled, column, wide]) one.dispose()
    },
  })
}

/** −log softmax(logits)[class]: logits [rows, classes], one class a row. */
export function crossEntropy(
  tape: Tape,
  logits: Value,
  classes: Int32Array,
  options: LossOptions = {},
): Value {
  const wide = ops.castTo(logits.tensor, 'float32')
  const labels = tensor(classes.slice(), [classes.length])
  const [losses, slopes] = execute(
    'SparseSoftmaxCrossEntropyWithLogits',
    [attribute.dtype('T', 'float32'), attribute.dtype('Tlabels', 'int32')],
    [wide, labels],
    2,
  )
  wide.dispose()
  labels.dispose()
  return both(tape, logits, losses, slopes, options)
}

/** −Σ p log softmax(logits) for distributions p [rows, classes]. */
export function softCrossEntropy(
  tape: Tape,
  logits: Value,
  distributions: Float32Array,
  options: LossOptions = {},
): Value {
  const wide = ops.castTo(logits.tensor, 'float32')
  const labels = tensor(distributions.slice(), wide.shape)
  const [losses, slopes] = execute(
    'SoftmaxCrossEntropyWithLogits',
    [attribute.dtype('T', 'float32')],
    [wide, labels],
    2,
  )
  wide.dispose()
  labels.dispose()
  return both(tape, logits, losses, slopes, options)
}

function both(
  tape: Tape,
  logits: Value,
  losses: Tensor | undefined,
  slopes: Tensor | undefined,
  options: LossOptions,
): Value {
  if (losses === undefined || slopes === undefined) throw new RangeError('Two outputs expected.')
  return weightedMean(tape, logits, losses, slopes, options.rowWeights)
}

/** Classes as distributions: 1 − s for the class, s / classes for all (Szegedy et al. 2016, 7). */
export function smoothed(classes: Int32Array, count: number, smoothing: number): Float32Array {
  const distributions = new Float32Array(classes.length * count).fill(smoothing / count)
  classes.forEach((one, row) => {
    distributions[row * count + one] = 1 - smoothing + smoothing / count
  })
  return distributions
}

/** Mean over outputs of log(1 + eˣ) − x t for targets t in [0, 1]: logits [rows, outputs]. */
export function binaryCrossEntropy(
  tape: Tape,
  logits: Value,
  targets: Float32Array,
  options: LossOptions = {},
): Value {
  const outputs = logits.shape[1] ?? 1
  const x = ops.castTo(logits.tensor, 'float32')
  const t = tensor(targets.slice(), x.shape)
  const rising = ops.softplus(x)
  const product = ops.multiply(x, t)
  const each = ops.subtract(rising, product)
  const losses = ops.mean(each, [1])
  const probability = ops.sigmoid(x)
  const difference = ops.subtract(probability, t)
  const slopes = ops.scaleBy(difference, 1 / outputs)
  for (const one of [x, t, rising, product, each, probability, difference]) one.dispose()
  return weightedMean(tape, logits, losses, slopes, options.rowWeights)
}

/** Mean over outputs of (x − t)²: logits [rows, outputs]. */
export function meanSquaredError(
  tape: Tape,
  logits: Value,
  targets: Float32Array,
  options: LossOptions = {},
): Value {
  const outputs = logits.shape[1] ?? 1
  const x = ops.castTo(logits.tensor, 'float32')
  const t = tensor(targets.slice(), x.shape)
  const difference = ops.subtract(x, t)
  const squares = ops.square(difference)
  const losses = ops.mean(squares, [1])
  const slopes = ops.scaleBy(difference, 2 / outputs)
  for (const one of [x, t, difference, squares]) one.dispose()
  return weightedMean(tape, logits, losses, slopes, options.rowWeights)
}

/** A loss of nothing: zero, without a gradient. */
export const noLoss = (tape: Tape): Value => tape.constant(scalar(0))

/**
 * A loss computed outside TensorFlow: from logits [rows, outputs] in row order to its value and its
 * gradient with respect to them, of their size.
 */
export type LogitTerm = (logits: Float32Array) => {
  readonly loss: number
  readonly gradient: Float32Array
}

/** Such a loss as a scalar. Reads the logits: waits for the device. */
export function logitTerm(tape: Tape, logits: Value, term: LogitTerm): Value {
  const { loss, gradient } = term(readFloats(logits.tensor))
  const slopes = tensor(gradient, logits.shape)
  return tape.record1({
    inputs: [logits],
    outputs: [scalar(loss)],
    kept: [slopes],
    backward: ([parts]) => {
      const seed = total(parts)
      const wide = ops.multiply(slopes, seed)
      logits.receive(ops.castTo(wide, logits.tensor.dtype))
      seed.dispose()
      wide.dispose()
    },
  })
}

/** Σ weight · loss of scalars. */
export function weighedSum(
  tape: Tape,
  parts: readonly { readonly loss: Value; readonly weight: number }[],
): Value {
  const weighed = parts.map(({ loss, weight }) => ops.scaleBy(loss.tensor, weight))
  return tape.record1({
    inputs: parts.map(({ loss }) => loss),
    outputs: [weighed.reduce((sum, one) => ops.consume(ops.add(sum, one), sum, one))],
    backward: ([gradients]) => {
      const seed = total(gradients)
      for (const { loss, weight } of parts) loss.receive(ops.scaleBy(seed, weight))
      seed.dispose()
    },
  })
}
