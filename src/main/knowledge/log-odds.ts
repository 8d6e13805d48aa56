/** Counts of one feature in the rows of a class and in all other rows. */
export interface FeatureCounts {
  readonly inside: number
  readonly outside: number
  /** Of all features there. */
  readonly totalInside: number
  readonly totalOutside: number
}

/**
 * How much more a feature belongs to a class than to the rest: the log-odds ratio with an
 * informative Dirichlet prior, over its standard deviation (Monroe, Colaresi & Quinn 2008,
 * equations 15, 20 and 22). Above 1.96 it is not by chance.
 *
 * @param alpha pseudo-counts of the feature: its share in a background times the prior's size
 * @param alphas pseudo-counts of all features: the prior's size
 */
export function logOddsScore(counts: FeatureCounts, alpha: number, alphas: number): number {
  const { inside, outside, totalInside, totalOutside } = counts
  const logOdds = (count: number, total: number): number =>
    Math.log((count + alpha) / (total + alphas - count - alpha))
  const difference = logOdds(inside, totalInside) - logOdds(outside, totalOutside)
  const variance = 1 / (inside + alpha) + 1 / (outside + alpha)
  return difference / Math.sqrt(variance)
}
