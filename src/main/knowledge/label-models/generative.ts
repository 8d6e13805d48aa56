import { voteShares } from './majority'
import { boundedAccuracy, evenPosterior, withPriorWhereSilent } from './naive-bayes'
import {
  expectedAccuracies,
  listVotes,
  meanShares,
  varyingPieces,
  type LabelModelFit,
  type VoteTable,
} from './votes'

/**
 * How often a piece is right that agreement cannot judge. It was written to be right: its lone vote
 * is enough for a weak label (of 0.75, where `auto` decides).
 */
const trustedAccuracy = 0.76

/**
 * The generative model of data programming (Ratner et al. 2016, equation 1; 2017, section 2.2) with
 * independent pieces: each votes with its propensity β and is then right with its accuracy α. EM on
 * the marginal likelihood of the votes; β is the coverage and, not depending on the class, drops
 * out of the posterior. A Beta prior of two votes with accuracy 0.7 keeps rare pieces in bounds.
 *
 * The votes of a piece that always names one class, as most rules do, fit a world best that has this
 * class alone. Where there are such pieces, classes are taken to be equally frequent, these pieces
 * to be right in 76 of 100 rows, and the others at least as often.
 */
export function generativeModel(
  table: VoteTable,
  options: { readonly maxIterations?: number; readonly tolerance?: number } = {},
): LabelModelFit {
  const { maxIterations = 500, tolerance = 1e-6 } = options
  const list = listVotes(table)
  const varies = varyingPieces(list)
  const free = varies.every(Boolean)
  const even = new Array<number>(list.labels).fill(1 / list.labels)
  const accuraciesGiven = (given: Float64Array): number[] =>
    expectedAccuracies(list, given).map((accuracy, p) => {
      if (free) return boundedAccuracy(accuracy)
      return varies[p] === true
        ? boundedAccuracy(Math.max(trustedAccuracy, accuracy))
        : trustedAccuracy
    })
  let probabilities: Float64Array = Float64Array.from(voteShares(list))
  let accuracies = accuraciesGiven(probabilities)
  let prior = free ? meanShares(list, probabilities) : even
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    probabilities = evenPosterior(list, accuracies, prior)
    const next = accuraciesGiven(probabilities)
    const shares = free ? meanShares(list, probabilities) : even
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
