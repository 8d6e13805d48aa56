import type { PredictionMethod } from '@shared/domain/knowledge'
import type { Priors } from '@shared/domain/pack'
import { labelResolver } from '../pack-labels'
import { normalised } from '../softmax'
import type { FittedFusion } from './fitted'
import { classShares, estimateShares, shiftStrength } from './prior-shift'

export interface PriorShiftInput {
  readonly settings: Extract<PredictionMethod, { readonly use: 'prior-shift' }> | null
  readonly labels: readonly string[]
  readonly priors: Priors | null
  readonly labelMap: Readonly<Record<string, string>>
  /** [rows] class indices of the labelled rows. */
  readonly y: Int32Array
  /** Of the calibration that comes after the shift. */
  readonly temperature: number
  /** [rows, classes]: calibrated answers for unlabelled rows; may be empty. */
  readonly unlabelled: Float64Array
}

/**
 * Shares of the labelled rows → stated ones, or ones estimated on unlabelled rows. `auto` takes
 * the strength that the unlabelled rows speak for, 0 without any. The calibration that follows
 * divides exponents by its temperature, so the strength is multiplied by it beforehand.
 */
export function fitPriorShift(input: PriorShiftInput): FittedFusion['priorShift'] {
  const { settings, labels, y, temperature, unlabelled } = input
  if (settings === null || y.length === 0) return null
  const source = classShares(y, labels.length)
  const target =
    settings.to === 'stated'
      ? statedShares(input.priors, labels, input.labelMap)
      : estimateShares(unlabelled, source)
  if (target === null) return null
  const strength =
    settings.weight === 'auto' ? shiftStrength(unlabelled, source, target) : settings.weight
  return strength === 0 ? null : { source, target, exponent: strength * temperature }
}

/** Stated shares in the order of the labels; null where the pack does not state one of each. */
export function statedShares(
  priors: Priors | null,
  labels: readonly string[],
  labelMap: Readonly<Record<string, string>>,
): readonly number[] | null {
  if (priors === null) return null
  const labelIndex = labelResolver(labels, labelMap)
  const shares = new Map<number, number>()
  for (const [name, share] of Object.entries(priors.shares)) {
    const label = labelIndex(name)
    shares.set(label, (shares.get(label) ?? 0) + share)
  }
  if (!labels.every((_, label) => shares.has(label))) return null
  return normalised(labels.map((_, label) => shares.get(label) ?? 0))
}
