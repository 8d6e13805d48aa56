import { leastProbability, normalised, safeLog, type Numbers } from '../softmax'

/** Share of each class among labels, with half a row added to each: [classes]. */
export function classShares(y: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0.5)
  for (const label of y) counts[label] = (counts[label] ?? 0) + 1
  return normalised(counts)
}

/**
 * Class shares of a new population, from a classifier's probabilities on its unlabelled rows, by
 * EM (Saerens, Latinne & Decaestecker 2002, equations 2.9).
 *
 * @param probabilities [rows, classes], under the shares `source`
 */
export function estimateShares(
  probabilities: Numbers,
  source: readonly number[],
  options: { readonly maxIterations?: number; readonly tolerance?: number } = {},
): number[] {
  const { maxIterations = 1000, tolerance = 1e-8 } = options
  const classes = source.length
  const rows = probabilities.length / classes
  let target = [...source]
  if (rows === 0) return target
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    const next = meanPosterior(probabilities, source, target)
    const moved = Math.max(...next.map((value, k) => Math.abs(value - (target[k] ?? 0))))
    target = next
    if (moved < tolerance) break
  }
  return target
}

/** Mean over the rows of the probabilities under the shares `target`: the EM step. */
function meanPosterior(
  probabilities: Numbers,
  source: readonly number[],
  target: readonly number[],
): number[] {
  const classes = source.length
  const rows = probabilities.length / classes
  const ratio = source.map((share, k) => (target[k] ?? 0) / Math.max(share, leastProbability))
  const sums = new Float64Array(classes)
  for (let from = 0; from < probabilities.length; from += classes) {
    let whole = 0
    for (let k = 0; k < classes; k += 1) whole += (probabilities[from + k] ?? 0) * (ratio[k] ?? 0)
    if (whole <= 0) continue
    for (let k = 0; k < classes; k += 1) {
      sums[k] = (sums[k] ?? 0) + ((probabilities[from + k] ?? 0) * (ratio[k] ?? 0)) / whole
    }
  }
  return Array.from(sums, (sum) => sum / rows)
}

/**
 * How far, 0 to 1 in steps of 0.05, unlabelled rows speak for the target shares t against the
 * source s: the greatest mean of log Σ_k p_k t_k(w) / s_k with t(w) ∝ s (t / s)^w, the likelihood
 * of the rows under the new shares over that under the old ones. 0 without rows.
 */
export function shiftStrength(
  probabilities: Numbers,
  source: readonly number[],
  target: readonly number[],
): number {
  const classes = source.length
  const rows = probabilities.length / classes
  let best = { strength: 0, value: 1e-9 }
  for (let step = 1; step <= 20; step += 1) {
    const strength = step / 20
    const shares = normalised(
      source.map((s, k) => s * Math.pow((target[k] ?? 0) / Math.max(s, 1e-12), strength)),
    )
    let value = 0
    for (let i = 0; i < rows; i += 1) {
      let ratio = 0
      for (let k = 0; k < classes; k += 1) {
        ratio +=
          ((probabilities[i * classes + k] ?? 0) * (shares[k] ?? 0)) /
          Math.max(source[k] ?? 0, 1e-12)
      }
      value += safeLog(ratio) / rows
    }
    if (value > best.value) best = { strength, value }
  }
  return best.strength
}
