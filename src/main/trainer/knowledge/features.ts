import type { TrainingMethod } from '@shared/domain/knowledge'
import type { Piece, ScoreTable } from '../../knowledge/types'
import type { ScoreFeatures } from '../../nn/session'
import type { Knowledge } from './context'

/**
 * The scores that a model takes as features: of a piece that always votes for one label that label's
 * score, of others all labels' scores. What is left out is zero in every row. Columns are numbered
 * piece · labels + label, in the order of the pieces.
 */
export const featureColumns = (pieces: readonly Piece[], labels: number): Int32Array =>
  Int32Array.from(
    pieces.flatMap(({ label }, piece) =>
      label >= 0
        ? [piece * labels + label]
        : Array.from({ length: labels }, (_, one) => piece * labels + one),
    ),
  )

/** Those columns of some rows of the table, [rows, columns]. */
export function gatherScores(
  { pieces, labels, scores }: ScoreTable,
  columns: Int32Array,
  rows: Int32Array,
): Float32Array {
  const gathered = new Float32Array(rows.length * columns.length)
  rows.forEach((row, index) => {
    columns.forEach((column, at) => {
      gathered[index * columns.length + at] = scores[row * pieces * labels + column] ?? 0
    })
  })
  return gathered
}

/** Scores of a run's rows as its model takes them. */
export interface RowScores {
  readonly features: ScoreFeatures
  /** [rows, features.width], for rows by position. */
  readonly of: (rows: Int32Array) => Float32Array
}

/** Undefined where the methods do not ask for features. */
export function rowScores(
  { compiled, scores }: Knowledge,
  methods: readonly TrainingMethod[],
): RowScores | undefined {
  const settings = methods.find((method) => method.use === 'features')
  if (settings?.use !== 'features') return undefined
  const columns = featureColumns(compiled.pieces, scores.labels)
  return {
    features: { width: columns.length, gate: settings.gate },
    of: (rows) => gatherScores(scores, columns, rows),
  }
}
