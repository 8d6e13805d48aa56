import { splitFold, stratifiedFolds } from '../folds'
import { argmax } from '../softmax'
import { fusedLogits, withoutEvidence, type FusionDesign } from './design'
import { calibrated, toProbabilities } from './steps'
import { fitWeights, probabilityLoss, type WeightPriors } from './weights'

/** Rows by models that were fitted without them. */
export interface HeldOut {
  /** [rows, classes]: the model's logits with the pieces, before calibration. */
  readonly logits: Float64Array
  /** [rows, classes]: calibrated. */
  readonly probabilities: Float64Array
  /** [rows]: log-losses. */
  readonly losses: Float64Array
  readonly accuracy: number
}

export interface CrossFitOptions {
  readonly folds: number
  readonly repeats: number
  readonly seed: number
  readonly calibrate: WeightPriors['calibrate']
}

/** Fused answers for every row by fits that did not see it, mean over the repeats. */
export function crossFit(
  design: FusionDesign,
  priors: WeightPriors,
  options: CrossFitOptions,
): HeldOut {
  const { rows, classes } = design
  const logits = new Float64Array(rows * classes)
  const probabilities = new Float64Array(rows * classes)
  const row = new Float64Array(classes)
  for (let repeat = 0; repeat < options.repeats; repeat += 1) {
    const fold = foldsOf(design, options.folds, options.seed + repeat)
    for (let which = 0; which < options.folds; which += 1) {
      const { inside, outside } = splitFold(fold, which)
      if (inside.length === 0) continue
      const fitted = fitOrModel(design, outside, priors)
      for (const at of inside) {
        fusedLogits(design, at, fitted.weights, row)
        const answer = calibrated(design.task, toProbabilities(design.task, row), {
          temperature: fitted.temperature,
          bias: fitted.bias,
        })
        for (let k = 0; k < classes; k += 1) {
          const slot = at * classes + k
          logits[slot] = (logits[slot] ?? 0) + (row[k] ?? 0) / options.repeats
          probabilities[slot] = (probabilities[slot] ?? 0) + (answer[k] ?? 0) / options.repeats
        }
      }
    }
  }
  return judge(design, logits, probabilities)
}

/** The fit; with an infinite ridge only temperature and bias. */
export function fitOrModel(
  design: FusionDesign,
  rows: Int32Array,
  priors: WeightPriors,
): ReturnType<typeof fitWeights> {
  if (priors.precision !== Infinity) return fitWeights(design, rows, priors)
  const silent = withoutEvidence(design)
  const fitted = fitWeights(silent, rows, { ...priors, mean: new Float64Array(0), precision: 1 })
  return { ...fitted, weights: new Float64Array(design.pieces) }
}

export function judge(
  design: FusionDesign,
  logits: Float64Array,
  probabilities: Float64Array,
): HeldOut {
  const { rows, classes, targets } = design
  const losses = new Float64Array(rows)
  let correct = 0
  for (let i = 0; i < rows; i += 1) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes)
    losses[i] = probabilityLoss(design, i, row)
    if (design.task === 'single-label') {
      if ((targets[i * classes + argmax(row)] ?? 0) === 1) correct += 1
    } else if (row.every((p, k) => p > 0.5 === (targets[i * classes + k] ?? 0) > 0.5)) correct += 1
  }
  return { logits, probabilities, losses, accuracy: rows === 0 ? 0 : correct / rows }
}

export const meanLoss = (held: HeldOut): number =>
  held.losses.length === 0
    ? 0
    : held.losses.reduce((sum, loss) => sum + loss, 0) / held.losses.length

/** Folds by the most probable target, so that multi-label rows are spread as well. */
export function foldsOf(design: FusionDesign, folds: number, seed: number): Int32Array {
  const { rows, classes, targets } = design
  const y = Int32Array.from({ length: rows }, (_, i) => argmax(targets, i * classes, classes))
  return stratifiedFolds(y, folds, seed)
}
