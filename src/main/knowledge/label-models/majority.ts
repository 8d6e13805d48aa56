import {
  expectedAccuracies,
  listVotes,
  meanShares,
  type LabelModelFit,
  type VoteList,
  type VoteTable,
} from './votes'

/** Votes of each class plus one vote shared by all, over their number: [rows, labels]. */
export function voteShares({ rows, labels, starts, vote }: VoteList): Float32Array {
  const shares = new Float32Array(rows * labels)
  for (let i = 0; i < rows; i += 1) {
    const [from, to] = [starts[i] ?? 0, starts[i + 1] ?? 0]
    const one = 1 / (1 + to - from)
    for (let k = 0; k < labels; k += 1) shares[i * labels + k] = one / labels
    for (let at = from; at < to; at += 1) {
      const slot = i * labels + (vote[at] ?? 0)
      shares[slot] = (shares[slot] ?? 0) + one
    }
  }
  return shares
}

export function majorityVote(table: VoteTable): LabelModelFit {
  const list = listVotes(table)
  const probabilities = voteShares(list)
  return {
    accuracies: expectedAccuracies(list, probabilities),
    probabilities,
    prior: meanShares(list, probabilities),
  }
}
