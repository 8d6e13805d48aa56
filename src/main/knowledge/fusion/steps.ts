import { leastProbability, sigmoid, softmaxInto } from '../softmax'

/*
 * The arithmetic of each step of a fusion, shared by fitting and applying. Every function takes
 * and gives probabilities [classes] of one row.
 */

export type FusionTask = 'single-label' | 'multi-label'

/** Probabilities of logits: over the classes, or of each class for itself. */
export function toProbabilities(task: FusionTask, logits: Float64Array): Float64Array {
  if (task === 'multi-label') return logits.map(sigmoid)
  const into = new Float64Array(logits.length)
  softmaxInto(into, logits, 0, logits.length)
  return into
}

/** Log-probabilities; for multi-label the log-odds of each class. */
export function toLogits(task: FusionTask, probabilities: Float64Array): Float64Array {
  const bounded = (p: number): number => Math.min(1, Math.max(leastProbability, p))
  if (task === 'single-label') return probabilities.map((p) => Math.log(bounded(p)))
  return probabilities.map((p) => Math.log(bounded(p)) - Math.log(bounded(1 - p)))
}

export interface Calibration {
  readonly temperature: number
  /** [classes] */
  readonly bias: readonly number[] | Float64Array
}

/** softmax(log p / T + b) (Guo et al. 2017, with the class bias of Alexandari et al. 2020). */
export function calibrated(
  task: FusionTask,
  probabilities: Float64Array,
  calibration: Calibration,
): Float64Array {
  return toProbabilities(
    task,
    toLogits(task, probabilities).map(
      (logit, k) => logit / calibration.temperature + (calibration.bias[k] ?? 0),
    ),
  )
}

/** p_k (target_k / source_k)^exponent over its sum (Saerens et al. 2002, equation 2.4). */
export function shifted(
  probabilities: Float64Array,
  shift: {
    readonly source: readonly number[]
    readonly target: readonly number[]
    readonly exponent: number
  },
): Float64Array {
  const weighted = probabilities.map(
    (p, k) =>
      p *
      Math.pow(
        (shift.target[k] ?? 0) / Math.max(shift.source[k] ?? 0, leastProbability),
        shift.exponent,
      ),
  )
  const sum = weighted.reduce((total, value) => total + value, 0)
  return sum > 0 ? weighted.map((value) => value / sum) : probabilities.slice()
}

/** (1 − w) p + w n (Khandelwal et al. 2020, equation 3). */
export const mixed = (
  probabilities: Float64Array,
  other: Float64Array,
  weight: number,
): Float64Array => probabilities.map((p, k) => (1 - weight) * p + weight * (other[k] ?? 0))
