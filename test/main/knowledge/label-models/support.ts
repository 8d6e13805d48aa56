import type { VoteTable } from '../../../../src/main/knowledge/label-models/votes'
import { draws } from '../draws'

export interface Synthetic {
  readonly table: VoteTable
  readonly y: Int32Array
  readonly accuracies: readonly number[]
}

/** Pieces that vote with their coverage and are right with their accuracy, else evenly wrong. */
export function syntheticVotes(options: {
  readonly rows: number
  readonly accuracies: readonly number[]
  readonly coverages: readonly number[]
  readonly shares: readonly number[]
  readonly seed: number
}): Synthetic {
  const { rows, accuracies, coverages, shares, seed } = options
  const { uniform } = draws(seed)
  const pieces = accuracies.length
  const labels = shares.length
  const y = new Int32Array(rows)
  const votes = new Int16Array(rows * pieces).fill(-1)
  for (let i = 0; i < rows; i += 1) {
    let rest = uniform()
    const label = Math.max(
      0,
      shares.findIndex((share) => (rest -= share) < 0),
    )
    y[i] = label
    for (let p = 0; p < pieces; p += 1) {
      if (uniform() >= (coverages[p] ?? 0)) continue
      const right = uniform() < (accuracies[p] ?? 0)
      const wrong = Math.floor(uniform() * (labels - 1))
      votes[i * pieces + p] = right ? label : wrong >= label ? wrong + 1 : wrong
    }
  }
  return { table: { rows, pieces, labels, votes }, y, accuracies }
}

/** Ten pieces of accuracies 0.55 to 0.9 and coverages 0.3 to 0.9. */
export const tenPieces = (seed: number, shares: readonly number[], rows = 5000): Synthetic =>
  syntheticVotes({
    rows,
    shares,
    seed,
    accuracies: [0.55, 0.9, 0.6, 0.85, 0.65, 0.8, 0.7, 0.75, 0.58, 0.88],
    coverages: [0.9, 0.3, 0.8, 0.4, 0.7, 0.5, 0.6, 0.55, 0.35, 0.85],
  })

export function accuracyOf(probabilities: Float32Array, y: Int32Array, labels: number): number {
  let right = 0
  y.forEach((label, i) => {
    const row = probabilities.subarray(i * labels, (i + 1) * labels)
    const best = row.reduce((found, p, k) => (p > (row[found] ?? 0) ? k : found), 0)
    if (best === label) right += 1
  })
  return right / y.length
}
