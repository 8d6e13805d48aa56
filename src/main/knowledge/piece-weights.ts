import type { CompiledPack, ScoreTable } from './types'

/** Labelled rows for judging pieces: positions in the table and whether a label is right there. */
export interface Judged {
  readonly rows: Int32Array
  /** Whether the label holds of the row at that position. */
  readonly holds: (row: number, label: number) => boolean
  /** Answers that exclude each other; 2 where each label stands for itself. */
  readonly answers: number
}

/** Rows that the assumed accuracy counts for. */
const assumedRows = 4
/** Assumed of a lexicon, which states no confidence. */
const assumedAccuracy = 0.7
const mostAccuracy = 0.99

/**
 * λ of each piece, at least 0: the log-odds of its accuracy a against one of the other answers,
 * log(a (K − 1) / (1 − a)), with a = (correct + 4 · assumed) / (judged + 4). Assumed is a rule's
 * stated confidence, for a lexicon 0.7: few labelled rows say little against it, many decide.
 */
export function pieceWeights(
  { pieces }: Pick<CompiledPack, 'pieces'>,
  table: ScoreTable,
  judged: Judged,
): readonly number[] {
  return pieces.map(({ confidence }, piece) => {
    let spoken = 0
    let correct = 0
    for (const row of judged.rows) {
      const vote = table.votes[row * table.pieces + piece] ?? -1
      if (vote < 0) continue
      spoken += 1
      if (judged.holds(row, vote)) correct += 1
    }
    const assumed = confidence ?? assumedAccuracy
    const accuracy = (correct + assumedRows * assumed) / (spoken + assumedRows)
    const a = Math.min(mostAccuracy, accuracy)
    return Math.max(0, Math.log((a * (judged.answers - 1)) / (1 - a)))
  })
}

/** Σ over pieces of λ · score, [rows, labels], for the rows at these positions of the table. */
export function tiltOf(
  table: ScoreTable,
  weights: readonly number[],
  rows: Int32Array,
): Float32Array {
  const { pieces, labels, scores } = table
  const tilt = new Float32Array(rows.length * labels)
  rows.forEach((row, index) => {
    weights.forEach((weight, piece) => {
      if (weight === 0) return
      const start = (row * pieces + piece) * labels
      for (let label = 0; label < labels; label += 1) {
        const at = index * labels + label
        tilt[at] = (tilt[at] ?? 0) + weight * (scores[start + label] ?? 0)
      }
    })
  })
  return tilt
}
