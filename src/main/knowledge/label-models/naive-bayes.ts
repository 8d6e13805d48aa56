import { safeLog } from '../softmax'
import { hasVotes, meanShares, type VoteList } from './votes'

/** Keeps an accuracy away from certainty, which no finite number of votes can show. */
export const boundedAccuracy = (accuracy: number): number =>
  Math.min(0.995, Math.max(0.005, accuracy))

/**
 * P(y | votes) ∝ prior_y Π_p P(vote_p | y) for pieces that err independently and evenly: right with
 * their accuracy α, each wrong class with (1 − α) / (K − 1). Abstentions say nothing. Rows without
 * votes get the prior. Returns [rows, labels].
 */
export function evenPosterior(
  list: VoteList,
  accuracies: readonly number[],
  prior: readonly number[],
): Float64Array {
  const { rows, labels, starts, piece, vote } = list
  const odds = accuracies.map((accuracy) => {
    const bounded = boundedAccuracy(accuracy)
    return Math.log((bounded * (labels - 1)) / (1 - bounded))
  })
  const logPrior = prior.map(safeLog)
  const probabilities = new Float64Array(rows * labels)
  const scores = new Float64Array(labels)
  for (let i = 0; i < rows; i += 1) {
    scores.set(logPrior)
    for (let at = starts[i] ?? 0; at < (starts[i + 1] ?? 0); at += 1) {
      const label = vote[at] ?? 0
      scores[label] = (scores[label] ?? 0) + (odds[piece[at] ?? 0] ?? 0)
    }
    normaliseLogs(scores, probabilities, i * labels)
  }
  return probabilities
}

/** exp of the logs over their sum, written to `into` from `at`. */
export function normaliseLogs(logs: Float64Array, into: Float64Array, at: number): void {
  const most = logs.reduce((greatest, value) => Math.max(greatest, value), -Infinity)
  let sum = 0
  for (let k = 0; k < logs.length; k += 1) sum += Math.exp((logs[k] ?? 0) - most)
  for (let k = 0; k < logs.length; k += 1) into[at + k] = Math.exp((logs[k] ?? 0) - most) / sum
}

/** Class shares that the votes speak for, the accuracies being known: EM over rows with votes. */
export function sharesGiven(list: VoteList, accuracies: readonly number[]): number[] {
  let prior = new Array<number>(list.labels).fill(1 / list.labels)
  for (let iteration = 0; iteration < 50; iteration += 1) {
    const next = meanShares(list, evenPosterior(list, accuracies, prior))
    const moved = Math.max(...next.map((share, k) => Math.abs(share - (prior[k] ?? 0))))
    prior = next
    if (moved < 1e-5) break
  }
  return prior
}

/** Puts the prior where no piece votes. */
export function withPriorWhereSilent(
  list: VoteList,
  probabilities: Float64Array,
  prior: readonly number[],
): Float32Array {
  const result = Float32Array.from(probabilities)
  for (let i = 0; i < list.rows; i += 1) {
    if (!hasVotes(list, i)) result.set(prior, i * list.labels)
  }
  return result
}
