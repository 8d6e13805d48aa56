import { judge, type HeldOut } from './cross-fit'
import type { FusionDesign } from './design'
import { toLogits, toProbabilities } from './steps'
import type { FittedWeights } from './weights'

/** Shares below this are left out of the mean of fits. */
export const negligible = 1e-3

/**
 * The mean of fits by their shares, in units of calibrated log-odds, in which they are comparable:
 * of 1 / T (geometric), of λ / T and of the bias.
 */
export function meanFit(
  design: FusionDesign,
  fits: readonly { readonly fit: FittedWeights; readonly share: number }[],
): FittedWeights {
  const whole = fits.reduce((sum, { share }) => sum + share, 0)
  let logTemperature = 0
  const weights = new Float64Array(design.pieces)
  const bias = new Float64Array(design.classes)
  for (const { fit, share } of fits) {
    const part = share / whole
    logTemperature += part * Math.log(fit.temperature)
    for (let p = 0; p < weights.length; p += 1) {
      weights[p] = (weights[p] ?? 0) + (part * (fit.weights[p] ?? 0)) / fit.temperature
    }
    for (let k = 0; k < bias.length; k += 1) bias[k] = (bias[k] ?? 0) + part * (fit.bias[k] ?? 0)
  }
  const temperature = Math.exp(logTemperature)
  return { weights: weights.map((weight) => weight * temperature), temperature, bias }
}

/** What the mean of the fits says of rows that none of them saw: the mean of their log-odds. */
export function meanHeldOut(
  design: FusionDesign,
  parts: readonly { readonly held: HeldOut; readonly share: number }[],
): HeldOut {
  const { classes, rows, task } = design
  const logits = new Float64Array(rows * classes)
  const calibrated = new Float64Array(rows * classes)
  for (const { held, share } of parts) {
    const own = toLogits(task, held.probabilities)
    for (let i = 0; i < logits.length; i += 1) {
      logits[i] = (logits[i] ?? 0) + share * (held.logits[i] ?? 0)
      calibrated[i] = (calibrated[i] ?? 0) + share * (own[i] ?? 0)
    }
  }
  const probabilities = new Float64Array(rows * classes)
  for (let from = 0; from < probabilities.length; from += classes) {
    probabilities.set(toProbabilities(task, calibrated.slice(from, from + classes)), from)
  }
  return judge(design, logits, probabilities)
}
