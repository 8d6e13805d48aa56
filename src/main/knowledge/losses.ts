/**
 * Terms of a loss as plain functions of logits, each with its gradient. Logits are [rows, classes]
 * in row order; a loss is a mean over rows, in nats, and its gradient that of the mean.
 */
import { safeLog, softmaxInto } from './softmax'

/** A loss and its gradient with respect to the logits, of their shape. */
export interface TermValue {
  readonly loss: number
  readonly gradient: Float32Array
}

export type LogitTerm = (logits: Float32Array) => TermValue

/** Probabilities of all rows, [rows, classes]; logits are divided by `temperature` first. */
export function probabilitiesOf(
  logits: Float32Array,
  classes: number,
  temperature = 1,
): Float64Array {
  const probabilities = new Float64Array(logits.length)
  const cooled = temperature === 1 ? logits : logits.map((logit) => logit / temperature)
  for (let at = 0; at < logits.length; at += classes) {
    softmaxInto(probabilities.subarray(at, at + classes), cooled, at, classes)
  }
  return probabilities
}

/**
 * The teacher q(y|x) ∝ p(y|x) · exp(tilt) with tilt [rows, classes] = Σ λ s(x, y) (Hu et al. 2016,
 * equation 4, with scores in place of 1 − rule value): [rows, classes].
 */
export function teacherOf(logits: Float32Array, classes: number, tilt: Float32Array): Float64Array {
  return probabilitiesOf(
    logits.map((logit, at) => logit + (tilt[at] ?? 0)),
    classes,
  )
}

/**
 * KL(q ‖ p) to that teacher. p inside q is a constant, as in Hu et al. 2016, algorithm 1: the
 * gradient of a row is p − q, and nothing where no piece speaks.
 */
export function imitationLoss(
  logits: Float32Array,
  classes: number,
  tilt: Float32Array,
): TermValue {
  const p = probabilitiesOf(logits, classes)
  const q = teacherOf(logits, classes, tilt)
  const rows = logits.length / classes
  const loss = q.reduce((sum, one, at) => sum + one * (safeLog(one) - safeLog(p[at] ?? 0)), 0)
  return {
    loss: loss / rows,
    gradient: Float32Array.from(p, (one, at) => (one - (q[at] ?? 0)) / rows),
  }
}

/**
 * Expected cross-entropy under the label model's probabilities `soft` [rows, classes], the
 * noise-aware loss of data programming (Ratner et al. 2016, equation 4). A row counts with its
 * weight; the mean is over the rows' weights, and 0 where they are all 0.
 */
export function noiseAwareLoss(
  logits: Float32Array,
  classes: number,
  soft: Float32Array,
  weights: Float32Array,
): TermValue {
  const p = probabilitiesOf(logits, classes)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const share = (at: number): number =>
    total === 0 ? 0 : (weights[Math.floor(at / classes)] ?? 0) / total
  return {
    loss: p.reduce((sum, one, at) => sum - share(at) * (soft[at] ?? 0) * safeLog(one), 0),
    gradient: Float32Array.from(p, (one, at) => share(at) * (one - (soft[at] ?? 0))),
  }
}

/**
 * Label regularisation: KL(shares ‖ mean of softmax(logits / temperature)), for the stated shares of
 * the classes (Mann & McCallum 2010, section 4). A temperature below 1 sharpens the predictions
 * before the mean, so that it cannot be met by being unsure of every row.
 */
export function expectationLoss(
  logits: Float32Array,
  classes: number,
  shares: readonly number[],
  temperature: number,
): TermValue {
  const p = probabilitiesOf(logits, classes, temperature)
  const rows = logits.length / classes
  const mean = new Float64Array(classes)
  p.forEach((one, at) => {
    mean[at % classes] = (mean[at % classes] ?? 0) + one / rows
  })
  const loss = shares.reduce(
    (sum, share, k) => sum + share * (safeLog(share) - safeLog(mean[k] ?? 0)),
    0,
  )
  // ∂loss/∂mean; every row pulls through its own softmax.
  const slope = Array.from(mean, (one, k) => -(shares[k] ?? 0) / Math.max(one, 1e-12))
  const gradient = new Float32Array(logits.length)
  for (let at = 0; at < logits.length; at += classes) {
    const along = slope.reduce((sum, one, k) => sum + one * (p[at + k] ?? 0), 0)
    slope.forEach((one, k) => {
      gradient[at + k] = ((p[at + k] ?? 0) * (one - along)) / (rows * temperature)
    })
  }
  return { loss, gradient }
}

/**
 * Half the symmetric KL divergence between the answers to row `pairs[2i]` and row `pairs[2i + 1]`,
 * its changed twin; the mean over pairs, 0 without any.
 */
export function consistencyLoss(
  logits: Float32Array,
  classes: number,
  pairs: Int32Array,
): TermValue {
  const p = probabilitiesOf(logits, classes)
  const logOf = p.map(safeLog)
  const count = pairs.length / 2
  const gradient = new Float32Array(logits.length)
  let loss = 0
  for (let pair = 0; pair < pairs.length; pair += 2) {
    for (const [own, other] of [
      [pairs[pair] ?? 0, pairs[pair + 1] ?? 0],
      [pairs[pair + 1] ?? 0, pairs[pair] ?? 0],
    ] as const) {
      const ratio = (k: number): number =>
        (logOf[own * classes + k] ?? 0) - (logOf[other * classes + k] ?? 0)
      let divergence = 0
      for (let k = 0; k < classes; k += 1) divergence += (p[own * classes + k] ?? 0) * ratio(k)
      loss += divergence / (2 * count)
      for (let k = 0; k < classes; k += 1) {
        const mine = p[own * classes + k] ?? 0
        const theirs = p[other * classes + k] ?? 0
        const slope = mine * (ratio(k) - divergence) + mine - theirs
        gradient[own * classes + k] = (gradient[own * classes + k] ?? 0) + slope / (2 * count)
      }
    }
  }
  return { loss, gradient }
}

/**
 * Several labels a row: each output is a question with two answers, so that a term on [n, 2] becomes
 * one on [rows, labels]. The pair of an output z is (0, z); the loss is a mean over outputs.
 */
export function ofOutputs(term: LogitTerm): LogitTerm {
  return (logits) => {
    const { loss, gradient } = term(pairsOf(logits))
    return { loss, gradient: Float32Array.from(logits, (_, at) => gradient[2 * at + 1] ?? 0) }
  }
}

/** Each number behind a zero: what `ofOutputs` makes of logits, and what a tilt needs there. */
export function pairsOf(values: Float32Array): Float32Array {
  const pairs = new Float32Array(values.length * 2)
  values.forEach((value, at) => {
    pairs[2 * at + 1] = value
  })
  return pairs
}

/**
 * Expectations for several labels a row: the mean over labels of each label's own divergence
 * between its stated share and the mean of its probabilities.
 */
export function expectationLossOfOutputs(
  logits: Float32Array,
  labels: number,
  shares: readonly number[],
  temperature: number,
): TermValue {
  const gradient = new Float32Array(logits.length)
  let loss = 0
  shares.forEach((share, label) => {
    const column = logits.filter((_, at) => at % labels === label)
    const own = ofOutputs((pairs) => expectationLoss(pairs, 2, [1 - share, share], temperature))(
      column,
    )
    loss += own.loss / labels
    own.gradient.forEach((slope, row) => {
      gradient[row * labels + label] = slope / labels
    })
  })
  return { loss, gradient }
}

/**
 * Σ over rows of weight · log(p_y / (1 − p_y)), the log-odds of each row's class: what attributions
 * are the gradient of. A sum, not a mean. Its slope by the logits neither fades where the model is
 * sure nor, as that of the Σ log p of Ross et al. 2017, equation 1, where it is undecided between two
 * classes, which is where a token decides.
 */
export function logOddsSum(
  logits: Float32Array,
  classes: number,
  labels: ArrayLike<number>,
  weights: Float32Array,
): TermValue {
  const gradient = new Float32Array(logits.length)
  const rest = new Float64Array(classes)
  let loss = 0
  weights.forEach((weight, row) => {
    const start = row * classes
    const own = labels[row] ?? 0
    const others = logits.slice(start, start + classes)
    others[own] = -Infinity
    loss += weight * ((logits[start + own] ?? 0) - softmaxInto(rest, others, 0, classes))
    rest.forEach((part, k) => {
      gradient[start + k] = k === own ? weight : -weight * part
    })
  })
  return { loss, gradient }
}

export const scaled = ({ loss, gradient }: TermValue, factor: number): TermValue => ({
  loss: loss * factor,
  gradient: gradient.map((slope) => slope * factor),
})

/** The sum of terms on the same logits. There has to be one. */
export function sumOf(values: readonly TermValue[]): TermValue {
  const [first, ...others] = values
  if (first === undefined) throw new RangeError('No terms to add.')
  const gradient = first.gradient.slice()
  let loss = first.loss
  for (const other of others) {
    loss += other.loss
    other.gradient.forEach((slope, at) => {
      gradient[at] = (gradient[at] ?? 0) + slope
    })
  }
  return { loss, gradient }
}
