import { safeLog } from '../softmax'
import { generativeModel } from './generative'
import { voteShares } from './majority'
import { normaliseLogs, withPriorWhereSilent } from './naive-bayes'
import {
  everyPieceVaries,
  listVotes,
  meanShares,
  type LabelModelFit,
  type VoteList,
  type VoteTable,
} from './votes'

/** Votes that each cell of a confusion table starts with; the diagonal has some more. */
const smoothing = 0.5
const diagonal = 1

/**
 * EM of Dawid & Skene (1979, equations 2.3 to 2.5): every piece has a confusion table
 * P(vote | class) over the classes and abstention, so a piece may be right about one class and wrong
 * about another, and its silence may speak. Starts from the majority vote. Where pieces always name
 * one class, agreement does not tell such tables: then it is the generative model.
 */
export function dawidSkene(
  table: VoteTable,
  options: { readonly maxIterations?: number; readonly tolerance?: number } = {},
): LabelModelFit {
  const { maxIterations = 500, tolerance = 1e-6 } = options
  const list = listVotes(table)
  if (!everyPieceVaries(list)) return generativeModel(table, options)
  let probabilities: Float64Array = Float64Array.from(voteShares(list))
  let prior = meanShares(list, probabilities)
  let confusion = confusionTables(list, probabilities)
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    const next = posterior(list, confusion, prior)
    let moved = 0
    for (let i = 0; i < next.length; i += 1) {
      moved = Math.max(moved, Math.abs((next[i] ?? 0) - (probabilities[i] ?? 0)))
    }
    probabilities = next
    prior = meanShares(list, probabilities)
    confusion = confusionTables(list, probabilities)
    if (moved < tolerance) break
  }
  return {
    accuracies: accuraciesOf(list, confusion, prior),
    probabilities: withPriorWhereSilent(list, probabilities, prior),
    prior,
  }
}

/** [pieces, labels, labels + 1]: P(vote | class); the last vote is abstention. */
function confusionTables(list: VoteList, probabilities: Float64Array): Float64Array {
  const { rows, pieces, labels, starts, piece, vote } = list
  const votes = labels + 1
  const whole = new Float64Array(labels)
  probabilities.forEach((p, at) => {
    whole[at % labels] = (whole[at % labels] ?? 0) + p
  })
  const counts = new Float64Array(pieces * labels * votes).fill(smoothing)
  for (let p = 0; p < pieces; p += 1) {
    for (let k = 0; k < labels; k += 1) {
      const from = (p * labels + k) * votes
      counts[from + k] = (counts[from + k] ?? 0) + diagonal
      // Silent everywhere, as far as no vote takes a row away.
      counts[from + labels] = (counts[from + labels] ?? 0) + (whole[k] ?? 0)
    }
  }
  for (let i = 0; i < rows; i += 1) {
    for (let at = starts[i] ?? 0; at < (starts[i + 1] ?? 0); at += 1) {
      for (let k = 0; k < labels; k += 1) {
        const from = ((piece[at] ?? 0) * labels + k) * votes
        const said = from + (vote[at] ?? 0)
        const p = probabilities[i * labels + k] ?? 0
        counts[said] = (counts[said] ?? 0) + p
        counts[from + labels] = (counts[from + labels] ?? 0) - p
      }
    }
  }
  for (let from = 0; from < counts.length; from += votes) {
    let sum = 0
    for (let v = 0; v < votes; v += 1) sum += counts[from + v] ?? 0
    for (let v = 0; v < votes; v += 1) counts[from + v] = (counts[from + v] ?? 0) / sum
  }
  return counts
}

function posterior(
  list: VoteList,
  confusion: Float64Array,
  prior: readonly number[],
): Float64Array {
  const { rows, pieces, labels, starts, piece, vote } = list
  const votes = labels + 1
  const logs = confusion.map(safeLog)
  const silent = Float64Array.from(prior, safeLog)
  for (let p = 0; p < pieces; p += 1) {
    for (let k = 0; k < labels; k += 1) {
      silent[k] = (silent[k] ?? 0) + (logs[(p * labels + k) * votes + labels] ?? 0)
    }
  }
  const probabilities = new Float64Array(rows * labels)
  const scores = new Float64Array(labels)
  for (let i = 0; i < rows; i += 1) {
    scores.set(silent)
    for (let at = starts[i] ?? 0; at < (starts[i + 1] ?? 0); at += 1) {
      for (let k = 0; k < labels; k += 1) {
        const from = ((piece[at] ?? 0) * labels + k) * votes
        const difference = (logs[from + (vote[at] ?? 0)] ?? 0) - (logs[from + labels] ?? 0)
        scores[k] = (scores[k] ?? 0) + difference
      }
    }
    normaliseLogs(scores, probabilities, i * labels)
  }
  return probabilities
}

/** P(right | the piece votes) = Σ_k prior_k P(k | k) / Σ_k prior_k (1 − P(abstains | k)). */
function accuraciesOf(
  { pieces, labels }: VoteList,
  confusion: Float64Array,
  prior: readonly number[],
): number[] {
  const votes = labels + 1
  return Array.from({ length: pieces }, (_, p) => {
    let right = 0
    let votesAtAll = 0
    prior.forEach((share, k) => {
      const from = (p * labels + k) * votes
      right += share * (confusion[from + k] ?? 0)
      votesAtAll += share * (1 - (confusion[from + labels] ?? 0))
    })
    return votesAtAll > 0 ? right / votesAtAll : 0
  })
}
