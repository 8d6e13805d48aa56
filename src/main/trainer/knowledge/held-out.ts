import { splitFold, stratifiedFolds } from '../../knowledge/folds'
import { neighbourFinder, type Neighbour } from '../../knowledge/fusion/neighbours'
import type { Prepared } from '../prepare'
import {
  MeanWeights,
  trainFrom,
  trainingText,
  trainOnAnswers,
  type SelfTraining,
  type TrainingStart,
} from './trainings'
import type { TrialModel } from './trial-model'

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
  readonly starts: readonly TrainingStart[]
  /** Whether the mean of the weights of all trainings is asked as well. */
  readonly average: boolean
  /** Whether one that learns what the last of these answers is asked as well. */
  readonly self: SelfTraining | undefined
  readonly rows: Int32Array
  readonly y: Int32Array
  readonly seed: number
  /** Neighbours that are looked for; 0: none. */
  readonly neighbours: number
  /** Told what is done, part by part: each may take a while. */
  readonly log: (sentence: string) => void
  /** A row as a neighbour is told. */
  readonly describe: (row: number) => Pick<Neighbour, 'id' | 'text'>
}

/** Folds that are held out in turn: every one costs a training. */
const foldsUsed = 2

/** From so many labelled rows on, what is held out tells trainings apart. */
export const enoughToTell = 150

/** Folds that the rows are cut into: of few rows, more are held out. */
const foldsOf = (rows: number): number => (rows < enoughToTell ? 3 : 4)

/**
 * Trains the model anew without some of the labelled rows and asks it about these: answers on which
 * temperature and weights of knowledge can be fitted without looking at rows that were learned. One
 * result for each start and, where they are asked for, one for the mean of their weights and one for
 * the self-training after it.
 */
export async function crossFitTraining(fit: CrossFit): Promise<readonly HeldOutAnswers[]> {
  const { model, starts, average, self, rows, y, seed, log } = fit
  const each = starts.map(() => new Collected())
  const [ofMean, ofSelf] = [new Collected(), new Collected()]
  const fold = stratifiedFolds(y, foldsOf(rows.length), seed)
  for (let which = 0; which < foldsUsed; which += 1) {
    const { inside, outside } = splitFold(fold, which)
    if (inside.length === 0 || new Set(outside.map((at) => y[at] ?? 0)).size < 2) continue
    const take = (positions: Int32Array): Int32Array => positions.map((at) => rows[at] ?? 0)
    const seen = take(outside)
    const asked = take(inside)
    const labels = outside.map((at) => y[at] ?? 0)
    const part = `Held-out part ${which + 1} of ${foldsUsed}`
    const mean = new MeanWeights(starts.length)
    for (const [at, start] of starts.entries()) {
      log(`${part}: training from ${trainingText(start)}.`)
      await trainFrom(model, start, seen, labels, seed)
      if (average) mean.add(model.eachWeight())
      await each[at]?.ask(fit, asked, seen, outside)
    }
    if (average) {
      model.assign(mean.weights())
      await ofMean.ask(fit, asked, seen, outside)
    }
    if (self !== undefined) {
      log(`${part}: self-training from ${trainingText(self)}.`)
      await trainOnAnswers(model, self, seen, labels, seed)
      await ofSelf.ask(fit, asked, seen, outside)
    }
  }
  return [...each, ...(average ? [ofMean] : []), ...(self === undefined ? [] : [ofSelf])].map(
    (one) => one.answers(),
  )
}

/** Answers of one kind, fold by fold. */
class Collected {
  private readonly rows: number[] = []
  private readonly logits: number[] = []
  private readonly neighbours: (readonly Neighbour[])[] = []

  async ask(fit: CrossFit, asked: Int32Array, seen: Int32Array, places: Int32Array): Promise<void> {
    this.rows.push(...asked)
    this.logits.push(...(await fit.model.logits(asked)))
    this.neighbours.push(...(await neighboursOf(fit, asked, seen, places)))
  }

  answers(): HeldOutAnswers {
    const { rows, logits, neighbours } = this
    return { rows: Int32Array.from(rows), logits: Float32Array.from(logits), neighbours }
  }
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
