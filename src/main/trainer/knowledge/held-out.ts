import { settledSmoothing } from '@shared/domain/settled'
import { splitFold, stratifiedFolds } from '../../knowledge/folds'
import { neighbourFinder, type Neighbour } from '../../knowledge/fusion/neighbours'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import type { SoftLabels } from './soft-labels'
import type { TrialModel, TrialTraining } from './trial-model'

/** What models that had not seen them say of labelled rows. */
export interface HeldOutAnswers {
  /** Positions of the rows. */
  readonly rows: Int32Array
  /** [rows, classes] */
  readonly logits: Float32Array
  /** Of each row, the nearest rows that its model had seen; empty where they were not asked for. */
  readonly neighbours: readonly (readonly Neighbour[])[]
}

export interface CrossFit {
  readonly model: TrialModel
  readonly start: readonly NamedArray[]
  readonly rows: Int32Array
  readonly y: Int32Array
  readonly training: TrialTraining
  readonly seed: number
  /** Neighbours that are looked for; 0: none. */
  readonly neighbours: number
  /** A row as a neighbour is told. */
  readonly describe: (row: number) => Pick<Neighbour, 'id' | 'text'>
}

/** Folds that are held out in turn: every one costs a training. */
const foldsUsed = 2

/** Folds that the rows are cut into: of few rows, more are held out. */
const foldsOf = (rows: number): number => (rows < 150 ? 3 : 4)

/**
 * Trains the model anew without some of the labelled rows and asks it about these: answers on which
 * temperature and weights of knowledge can be fitted without looking at rows that were learned.
 */
export async function crossFitTraining(fit: CrossFit): Promise<HeldOutAnswers> {
  const { model, rows, y, seed } = fit
  const fold = stratifiedFolds(y, foldsOf(rows.length), seed)
  const answered: number[] = []
  const logits: number[] = []
  const neighbours: (readonly Neighbour[])[] = []
  for (let which = 0; which < foldsUsed; which += 1) {
    const { inside, outside } = splitFold(fold, which)
    if (inside.length === 0 || new Set(outside.map((at) => y[at] ?? 0)).size < 2) continue
    const take = (positions: Int32Array): Int32Array => positions.map((at) => rows[at] ?? 0)
    const seen = take(outside)
    const asked = take(inside)
    await trainFrom(
      fit,
      seen,
      outside.map((at) => y[at] ?? 0),
    )
    answered.push(...asked)
    logits.push(...(await model.logits(asked)))
    neighbours.push(...(await neighboursOf(fit, asked, seen, outside)))
  }
  return { rows: Int32Array.from(answered), logits: Float32Array.from(logits), neighbours }
}

/**
 * All parameters, from the start with its own head: a head that were solved on the rows first would
 * leave the layers below nothing to learn.
 */
async function trainFrom(
  { model, start, training, seed }: Pick<CrossFit, 'model' | 'start' | 'training' | 'seed'>,
  rows: Int32Array,
  y: Int32Array,
): Promise<void> {
  model.assign(start)
  await model.learn(smoothed(rows, y, model.classes), training, 1, seed)
}

/** Few labelled rows are soon known by heart: the other classes keep equal shares. */
function smoothed(rows: Int32Array, y: Int32Array, classes: number): SoftLabels {
  const distributions = new Float32Array(rows.length * classes).fill(settledSmoothing / classes)
  y.forEach((label, row) => {
    distributions[row * classes + label] = 1 - settledSmoothing + settledSmoothing / classes
  })
  return { rows, distributions, weights: new Float32Array(rows.length).fill(1) }
}

async function neighboursOf(
  { model, neighbours, describe, y }: CrossFit,
  asked: Int32Array,
  seen: Int32Array,
  places: Int32Array,
): Promise<readonly (readonly Neighbour[])[]> {
  if (neighbours === 0) return []
  const keys = await model.features(seen)
  const queries = await model.features(asked)
  const { width } = model
  const find = neighbourFinder(keys, width, 'cosine')
  return Array.from(asked, (_, row) =>
    find(queries.subarray(row * width, (row + 1) * width), neighbours).map((found) => ({
      ...describe(seen[found.row] ?? 0),
      labels: [y[places[found.row] ?? 0] ?? 0],
      distance: found.distance,
    })),
  )
}

/** A row of the data as a neighbour is told. */
export const describeRow =
  ({ rows }: Pick<Prepared, 'rows'>) =>
  (position: number): Pick<Neighbour, 'id' | 'text'> => {
    const { id = position, text = '' } = rows[position] ?? {}
    return { id: String(id), text }
  }
