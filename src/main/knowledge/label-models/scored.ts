import { createDesign } from '../fusion/design'
import { fitWeights } from '../fusion/weights'
import { statedStrength } from '../fusion/candidates'
import { softmaxInto } from '../softmax'
import type { Piece, ScoreTable } from '../types'
import { tableRows } from '../table-rows'
import { expectedAccuracies, listVotes, meanShares, type LabelModelFit } from './votes'

/** Labelled rows of a table: their positions and classes. */
export interface LabelledRows {
  readonly rows: Int32Array
  readonly y: Int32Array
}

/**
 * P(y | scores) = softmax(Σ_p λ_p s_p(y)), [rows, labels]: where votes are counted, a lexicon's
 * strong word weighs as much as a weak one; here it does not.
 *
 * @param weights λ [pieces]
 */
export function scoreProbabilities(table: ScoreTable, weights: Float64Array): Float32Array {
  const { rows, pieces, labels, scores } = table
  const probabilities = new Float32Array(rows * labels)
  const logits = new Float64Array(labels)
  const row = new Float64Array(labels)
  for (let i = 0; i < rows; i += 1) {
    logits.fill(0)
    for (let p = 0; p < pieces; p += 1) {
      const from = (i * pieces + p) * labels
      for (let k = 0; k < labels; k += 1) {
        logits[k] = (logits[k] ?? 0) + (weights[p] ?? 0) * (scores[from + k] ?? 0)
      }
    }
    softmaxInto(row, logits, 0, labels)
    probabilities.set(row, i * labels)
  }
  return probabilities
}

/**
 * λ of each piece by maximum a posteriori likelihood on the labelled rows, from the stated
 * strengths (1 for a lexicon, the log-odds of its confidence for a rule) with a deviation of 1:
 * the stated strengths themselves where there is no labelled row.
 */
export function scoreWeights(
  table: ScoreTable,
  pieces: readonly Piece[],
  labelled: LabelledRows,
): Float64Array {
  const mean = Float64Array.from(pieces, statedStrength)
  const rows = tableRows(table, labelled.rows)
  const design = createDesign({
    task: 'single-label',
    logits: new Float64Array(rows.rows * rows.labels),
    table: rows,
    y: labelled.y,
  })
  const everyRow = Int32Array.from(labelled.rows, (_, at) => at)
  return fitWeights(design, everyRow, { mean, precision: 1, calibrate: 'nothing' }).weights
}

export function scoredModel(
  table: ScoreTable,
  pieces: readonly Piece[],
  labelled: LabelledRows,
): LabelModelFit {
  const probabilities = scoreProbabilities(table, scoreWeights(table, pieces, labelled))
  const list = listVotes(table)
  return {
    accuracies: expectedAccuracies(list, probabilities),
    probabilities,
    prior: meanShares(list, probabilities),
  }
}
