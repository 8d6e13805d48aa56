import { minimise } from '../lbfgs'
import { safeLog, sigmoid, softmaxInto } from '../softmax'
import type { FusionDesign } from './design'

/** Ridges of the fit: precisions of Gaussian priors (1 / variance). */
export interface WeightPriors {
  /** [pieces]: what each weight is pulled to. */
  readonly mean: Float64Array
  readonly precision: number
  /** What is fitted beside the weights; otherwise the temperature is 1, the bias 0. */
  readonly calibrate: 'nothing' | 'temperature' | 'temperature and bias'
}

export interface FittedWeights {
  /** λ [pieces], in units of the model's logits. */
  readonly weights: Float64Array
  readonly temperature: number
  /** [classes], added after the temperature. */
  readonly bias: Float64Array
}

/** log T ~ N(0, 0.7²) and b ~ N(0, 0.3²): room to calibrate, little to overfit. */
const scalePrecision = 2
const biasPrecision = 11

/**
 * Weights of the posterior q(y | x) ∝ exp((m_y + Σ_p λ_p s_p(x, y)) / T + b_y) by maximum a
 * posteriori likelihood on labelled rows; for multi-label each class for itself.
 *
 * Fitted as a·m + Σ w s + b with a = exp(α) > 0; then T = 1 / a and λ = w / a. The priors hold for
 * w, the weight in units of calibrated log-odds, whatever the scale of the model's logits.
 */
export function fitWeights(
  design: FusionDesign,
  rows: Int32Array,
  priors: WeightPriors,
): FittedWeights {
  const { classes, pieces } = design
  const free = freeParameters(priors, classes)
  const { at } = minimise(
    (v, gradient) => objective(design, rows, priors, v, gradient),
    Float64Array.from({ length: free + pieces }, (_, i) =>
      i < free ? 0 : (priors.mean[i - free] ?? 0),
    ),
    { tolerance: 1e-7, maxIterations: 300 },
  )
  const scale = free > 0 ? Math.exp(at[0] ?? 0) : 1
  return {
    weights: Float64Array.from(at.subarray(free), (weight) => weight / scale),
    temperature: 1 / scale,
    bias: free > 1 ? at.slice(1, free) : new Float64Array(classes),
  }
}

const freeParameters = ({ calibrate }: Pick<WeightPriors, 'calibrate'>, classes: number): number =>
  calibrate === 'nothing' ? 0 : calibrate === 'temperature' ? 1 : 1 + classes

function objective(
  design: FusionDesign,
  rows: Int32Array,
  { mean, precision, calibrate }: WeightPriors,
  v: Float64Array,
  gradient: Float64Array,
): number {
  const { classes, pieces } = design
  const free = freeParameters({ calibrate }, classes)
  const scale = free > 0 ? Math.exp(v[0] ?? 0) : 1
  let value = 0
  for (let i = 0; i < free + pieces; i += 1) {
    const strength = i >= free ? precision : i === 0 ? scalePrecision : biasPrecision
    const distance = (v[i] ?? 0) - (i >= free ? (mean[i - free] ?? 0) : 0)
    value += 0.5 * strength * distance * distance
    gradient[i] = strength * distance
  }
  const logits = new Float64Array(classes)
  const errors = new Float64Array(classes)
  for (const row of rows) {
    const from = row * classes
    for (let k = 0; k < classes; k += 1) {
      logits[k] = scale * (design.logits[from + k] ?? 0) + (free > 1 ? (v[1 + k] ?? 0) : 0)
    }
    const end = design.starts[row + 1] ?? 0
    for (let at = design.starts[row] ?? 0; at < end; at += 1) {
      const weight = v[free + (design.piece[at] ?? 0)] ?? 0
      for (let k = 0; k < classes; k += 1) {
        logits[k] = (logits[k] ?? 0) + weight * (design.scores[at * classes + k] ?? 0)
      }
    }
    value += rowLoss(design, row, logits, errors)
    for (let at = design.starts[row] ?? 0; at < end; at += 1) {
      const slot = free + (design.piece[at] ?? 0)
      let slope = 0
      for (let k = 0; k < classes; k += 1) {
        slope += (errors[k] ?? 0) * (design.scores[at * classes + k] ?? 0)
      }
      gradient[slot] = (gradient[slot] ?? 0) + slope
    }
    for (let k = 0; k < classes && free > 0; k += 1) {
      const error = errors[k] ?? 0
      gradient[0] = (gradient[0] ?? 0) + error * scale * (design.logits[from + k] ?? 0)
      if (free > 1) gradient[1 + k] = (gradient[1 + k] ?? 0) + error
    }
  }
  return value
}

/** Log-loss of a row's logits; its gradient by the logits goes to `errors` [classes]. */
function rowLoss(
  design: FusionDesign,
  row: number,
  logits: Float64Array,
  errors: Float64Array,
): number {
  const { classes, targets } = design
  let value = 0
  if (design.task === 'single-label') {
    const total = softmaxInto(errors, logits, 0, classes)
    for (let k = 0; k < classes; k += 1) {
      const target = targets[row * classes + k] ?? 0
      value += target * (total - (logits[k] ?? 0))
      errors[k] = (errors[k] ?? 0) - target
    }
    return value
  }
  for (let k = 0; k < classes; k += 1) {
    const logit = logits[k] ?? 0
    const target = targets[row * classes + k] ?? 0
    value += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - target * logit
    errors[k] = sigmoid(logit) - target
  }
  return value
}

/** Log-loss of the row under probabilities [classes]. */
export function probabilityLoss(
  design: FusionDesign,
  row: number,
  probabilities: Float64Array,
): number {
  const { classes, targets } = design
  let value = 0
  for (let k = 0; k < classes; k += 1) {
    const target = targets[row * classes + k] ?? 0
    const p = probabilities[k] ?? 0
    value -= target * safeLog(p)
    if (design.task === 'multi-label') value -= (1 - target) * safeLog(1 - p)
  }
  return value
}
