import type { Numbers } from '../softmax'

/**
 * Threshold of split-conformal sets with least ambiguous scores 1 − p(y) (Sadinle, Lei & Wasserman
 * 2019): the ⌈(n + 1) c⌉-th smallest score of n labelled rows, so that sets hold the right class
 * with probability at least c for rows of the same population. null: fewer rows than that takes,
 * every class must be named.
 *
 * @param probabilities [rows, classes] of rows that no parameter was fitted on
 * @param y [rows] class indices
 */
export function conformalThreshold(
  probabilities: Numbers,
  y: Int32Array,
  classes: number,
  coverage: number,
): number | null {
  const scores = Float64Array.from(
    y,
    (label, row) => 1 - (probabilities[row * classes + label] ?? 0),
  ).sort()
  const rank = Math.ceil((y.length + 1) * coverage - 1e-9)
  const threshold = scores[rank - 1]
  return threshold === undefined ? null : Math.min(1, Math.max(0, threshold))
}

/** Classes with a probability of at least 1 − threshold; never none, for the first would be it. */
export function conformalSet(probabilities: Numbers, threshold: number | null): readonly number[] {
  const all = Array.from(probabilities, (_, k) => k)
  if (threshold === null) return all
  // The comparison is that of the calibration, rounding included: 1 − p against the threshold.
  const set = all.filter((k) => 1 - (probabilities[k] ?? 0) <= threshold)
  if (set.length > 0) return set
  return [
    all.reduce((best, k) => ((probabilities[k] ?? 0) > (probabilities[best] ?? 0) ? k : best)),
  ]
}
