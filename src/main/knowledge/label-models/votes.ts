import type { ScoreTable } from '../types'

/** Votes of pieces on rows: [rows, pieces], index of a label or -1 for abstention. */
export type VoteTable = Pick<ScoreTable, 'rows' | 'pieces' | 'labels' | 'votes'>

/** The same without abstentions: most pieces are silent about most rows. */
export interface VoteList {
  readonly rows: number
  readonly pieces: number
  readonly labels: number
  /** Votes of row i: positions from starts[i] to below starts[i + 1]. */
  readonly starts: Int32Array
  /** [positions] */
  readonly piece: Int32Array
  readonly vote: Int32Array
}

export interface LabelModelFit {
  /** Of each piece: probability that it is right where it votes. */
  readonly accuracies: readonly number[]
  /** [rows, labels]; the class shares where no piece votes. */
  readonly probabilities: Float32Array
  /** Class shares. */
  readonly prior: readonly number[]
}

export function listVotes({ rows, pieces, labels, votes }: VoteTable): VoteList {
  const spoken = votes.reduce((count, vote) => (vote < 0 ? count : count + 1), 0)
  const starts = new Int32Array(rows + 1)
  const piece = new Int32Array(spoken)
  const vote = new Int32Array(spoken)
  let at = 0
  for (let i = 0; i < rows; i += 1) {
    for (let p = 0; p < pieces; p += 1) {
      const label = votes[i * pieces + p] ?? -1
      if (label < 0) continue
      piece[at] = p
      vote[at] = label
      at += 1
    }
    starts[i + 1] = at
  }
  return { rows, pieces, labels, starts, piece, vote }
}

/** Of each piece: whether it votes for more than one class, or never. */
export function varyingPieces({ pieces, piece, vote }: VoteList): readonly boolean[] {
  const first = new Int32Array(pieces).fill(-1)
  const varies = new Array<boolean>(pieces).fill(true)
  piece.forEach((p, at) => {
    const label = vote[at] ?? 0
    if (first[p] === -1) {
      first[p] = label
      varies[p] = false
    } else if (first[p] !== label) varies[p] = true
  })
  return varies
}

/** Whether agreement alone can tell how often each piece is right; see `generativeModel`. */
export const everyPieceVaries = (list: VoteList): boolean => varyingPieces(list).every(Boolean)

export const hasVotes = ({ starts }: VoteList, row: number): boolean =>
  (starts[row + 1] ?? 0) > (starts[row] ?? 0)

/** Share of each class in probabilities [rows, labels], over rows with votes and a row a class. */
export function meanShares(list: VoteList, probabilities: Float32Array | Float64Array): number[] {
  const { rows, labels } = list
  const sums = new Array<number>(labels).fill(1)
  let total = labels
  for (let i = 0; i < rows; i += 1) {
    if (!hasVotes(list, i)) continue
    total += 1
    for (let k = 0; k < labels; k += 1) {
      sums[k] = (sums[k] ?? 0) + (probabilities[i * labels + k] ?? 0)
    }
  }
  return sums.map((sum) => sum / total)
}

/**
 * Expected accuracy of each piece under probabilities [rows, labels], with `strength` rows of
 * which the share `assumed` is right: a piece with few votes is not believed to be perfect.
 */
export function expectedAccuracies(
  { rows, pieces, labels, starts, piece, vote }: VoteList,
  probabilities: Float32Array | Float64Array,
  assumed = 0.7,
  strength = 2,
): number[] {
  const right = new Float64Array(pieces).fill(assumed * strength)
  const votes = new Float64Array(pieces).fill(strength)
  for (let i = 0; i < rows; i += 1) {
    for (let at = starts[i] ?? 0; at < (starts[i + 1] ?? 0); at += 1) {
      const p = piece[at] ?? 0
      votes[p] = (votes[p] ?? 0) + 1
      right[p] = (right[p] ?? 0) + (probabilities[i * labels + (vote[at] ?? 0)] ?? 0)
    }
  }
  return Array.from(right, (count, p) => count / (votes[p] ?? 1))
}
