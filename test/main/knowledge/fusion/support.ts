import type { Piece, PieceEvidence, ScoreTable } from '../../../../src/main/knowledge/types'
import { draws } from '../draws'

export const lexicon: Piece = {
  id: 'lexicon:valence',
  kind: 'lexicon',
  label: -1,
  confidence: null,
  hard: false,
}
export const rule: Piece = {
  id: 'rule:refund',
  kind: 'rule',
  label: 0,
  confidence: 0.8,
  hard: false,
}

/** Two classes, a weak model, and one lexicon whose score points to the truth by `quality`. */
export function twoClasses(rows: number, seed: number, model: number, quality: number) {
  const { normal, uniform } = draws(seed)
  const y = new Int32Array(rows)
  const logits = new Float64Array(rows * 2)
  const scores = new Float32Array(rows * 2)
  const votes = new Int16Array(rows)
  for (let i = 0; i < rows; i += 1) {
    y[i] = uniform() < 0.5 ? 0 : 1
    const sign = y[i] === 1 ? 1 : -1
    const logit = model * (sign + 1.5 * normal())
    logits[2 * i] = -logit / 2
    logits[2 * i + 1] = logit / 2
    const score = Math.tanh(quality * sign + normal())
    scores[2 * i] = -score
    scores[2 * i + 1] = score
    votes[i] = score > 0 ? 1 : 0
  }
  const table: ScoreTable = { rows, pieces: 1, labels: 2, scores, votes }
  return { y, logits, table }
}

/** What the only piece of a table says about a row. */
export const evidenceOf = (table: ScoreTable, row: number): readonly PieceEvidence[] =>
  Array.from({ length: table.pieces }, (_, piece) => ({
    piece,
    scores: Array.from(
      { length: table.labels },
      (_, k) => table.scores[(row * table.pieces + piece) * table.labels + k] ?? 0,
    ),
    vote: table.votes[row * table.pieces + piece] ?? -1,
    matches: [],
  })).filter((evidence) => evidence.scores.some((score) => score !== 0))
