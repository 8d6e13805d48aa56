import { splitFold, stratifiedFolds } from '../folds'
import { argmax, logLoss } from '../softmax'
import type { Piece, ScoreTable } from '../types'
import { dawidSkene } from './dawid-skene'
import { generativeModel } from './generative'
import { majorityVote } from './majority'
import { scoredModel, scoreProbabilities, scoreWeights, type LabelledRows } from './scored'
import { tableRows } from '../table-rows'
import { tripletModel } from './triplet'
import type { LabelModelFit } from './votes'

export const labelModelNames = [
  'majority',
  'dawid-skene',
  'generative',
  'triplet',
  'scored',
] as const
export type LabelModelName = (typeof labelModelNames)[number]

/** What a label model says of labelled rows whose labels it was not told. */
export interface LabelModelTrial {
  readonly name: LabelModelName
  readonly loss: number
  readonly accuracy: number
}

export interface ChosenLabelModel {
  readonly name: LabelModelName
  readonly fit: LabelModelFit
  /** Empty without labelled rows. */
  readonly trials: readonly LabelModelTrial[]
}

/** Fits one label model. Only `scored` uses the labelled rows. */
export function fitLabelModel(
  name: LabelModelName,
  table: ScoreTable,
  pieces: readonly Piece[],
  labelled: LabelledRows,
): LabelModelFit {
  switch (name) {
    case 'majority':
      return majorityVote(table)
    case 'dawid-skene':
      return dawidSkene(table)
    case 'generative':
      return generativeModel(table)
    case 'triplet':
      return tripletModel(table)
    case 'scored':
      return scoredModel(table, pieces, labelled)
  }
}

/**
 * The label model with the least log-loss on the labelled rows, among those that are right in at
 * least as many of them as the majority vote. Without labelled rows: the scores, which need no
 * agreement between pieces, where fewer than three vote; otherwise the generative model.
 *
 * @param labelled positions in the table whose classes are known
 */
export function chooseLabelModel(
  table: ScoreTable,
  pieces: readonly Piece[],
  labelled: LabelledRows,
): ChosenLabelModel {
  if (labelled.rows.length === 0) {
    const name = pieces.length < 3 ? 'scored' : 'generative'
    return { name, fit: fitLabelModel(name, table, pieces, labelled), trials: [] }
  }
  const fits = labelModelNames.map((name) => {
    const fit = fitLabelModel(name, table, pieces, labelled)
    const said =
      name === 'scored'
        ? scoredHeldOut(table, pieces, labelled)
        : rowsOf(fit.probabilities, labelled.rows, table.labels)
    return { fit, trial: judge(name, said, labelled.y, table.labels) }
  })
  const [majority, ...others] = fits
  if (majority === undefined) throw new RangeError('There is no label model to choose from.')
  const best = others.reduce(
    (found, one) =>
      one.trial.accuracy >= majority.trial.accuracy && one.trial.loss < found.trial.loss
        ? one
        : found,
    majority,
  )
  return { name: best.trial.name, fit: best.fit, trials: fits.map((one) => one.trial) }
}

function judge(
  name: LabelModelName,
  probabilities: Float64Array,
  y: Int32Array,
  classes: number,
): LabelModelTrial {
  const correct = y.filter((label, i) => argmax(probabilities, i * classes, classes) === label)
  return {
    name,
    loss: logLoss(probabilities, y, classes),
    accuracy: correct.length / Math.max(1, y.length),
  }
}

function rowsOf(probabilities: Float32Array, rows: Int32Array, classes: number): Float64Array {
  const taken = new Float64Array(rows.length * classes)
  rows.forEach((row, at) => {
    taken.set(probabilities.subarray(row * classes, (row + 1) * classes), at * classes)
  })
  return taken
}

/** The scores' answers for labelled rows, their weights fitted without the row's fold. */
function scoredHeldOut(
  table: ScoreTable,
  pieces: readonly Piece[],
  labelled: LabelledRows,
): Float64Array {
  const { labels } = table
  const said = new Float64Array(labelled.rows.length * labels)
  const fold = stratifiedFolds(labelled.y, 5, 0)
  for (let which = 0; which < 5; which += 1) {
    const { inside, outside } = splitFold(fold, which)
    const weights = scoreWeights(table, pieces, {
      rows: outside.map((at) => labelled.rows[at] ?? 0),
      y: outside.map((at) => labelled.y[at] ?? 0),
    })
    const probabilities = scoreProbabilities(
      tableRows(
        table,
        inside.map((at) => labelled.rows[at] ?? 0),
      ),
      weights,
    )
    inside.forEach((at, i) => {
      said.set(probabilities.subarray(i * labels, (i + 1) * labels), at * labels)
    })
  }
  return said
}
