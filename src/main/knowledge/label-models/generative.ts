import { voteShares } from './majority'
import { boundedAccuracy, evenPosterior, withPriorWhereSilent } from './naive-bayes'
import {
  expectedAccuracies,
  listVotes,
  meanShares,
  type LabelModelFit,
  type VoteTable,
} from './votes'

/**
 * The generative model of data programming (Ratner et al. 2016, equation 1; 2017, section 2.2) with
 * independent pieces: each votes with its propensity β and is then right with its accuracy α. EM on
 * the marginal likelihood of the votes; β is the coverage and, not depending on the class, drops
 * out of the posterior. A Beta prior of two votes with accuracy 0.7 keeps rare pieces in bounds.
 */
export function generativeModel(
  table: VoteTable,
  options: { readonly maxIterations?: number; readonly tolerance?: number } = {},
): LabelModelFit {
  const { maxIterations = 500, tolerance = 1e-6 } = options
  const list = listVotes(table)
  let probabilities: Float64Array = Float64Array.from(voteShares(list))
  let accuracies = expectedAccuracies(list, probabilities)
  let prior = meanShares(list, probabilities)
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    probabilities = evenPosterior(list, accuracies, prior)
    const next = expectedAccuracies(list, probabilities).map(boundedAccuracy)
    const shares = meanShares(list, probabilities)
    const moved = Math.max(
      0,
      ...next.map((accuracy, p) => Math.abs(accuracy - (accuracies[p] ?? 0))),
      ...shares.map((share, k) => Math.abs(share - (prior[k] ?? 0))),
    )
    accuracies = next
    prior = shares
    if (moved < tolerance) break
  }
  return { accuracies, probabilities: withPriorWhereSilent(list, probabilities, prior), prior }
}
