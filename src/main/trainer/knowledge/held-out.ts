import { splitFold, stratifiedFolds } from '../../knowledge/folds'
import { neighbourFinder, type Neighbour } from '../../knowledge/fusion/neighbours'
import { enoughToTell, foldsUsed } from '../../knowledge/trial-lengths'
import type { Prepared } from '../prepare'
import { carryOut, partsOf, type Plan, stepsAfter, stepsOf } from './trainings'
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
  readonly plan: Plan
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

/** Folds that the rows are cut into: of few rows, more are held out. */
const foldsOf = (rows: number): number => (rows < enoughToTell ? 3 : 4)

/**
 * Trains the model anew without some of the labelled rows and asks it about these: answers on which
 * temperature and weights of knowledge can be fitted without looking at rows that were learned. One
 * result for each part of the plan, in its order: each start, the mean, the self-training.
 */
export async function crossFitTraining(fit: CrossFit): Promise<readonly HeldOutAnswers[]> {
  const { model, plan, rows, y, seed, log } = fit
  const collected = Array.from({ length: partsOf(plan) }, () => new Collected())
  const held = heldOutParts(fit)
  model.pace.plan(held.length * stepsOf(plan))
  model.pace.expect(stepsAfter(plan))
  for (const { which, inside, outside } of held) {
    const take = (positions: Int32Array): Int32Array => positions.map((at) => rows[at] ?? 0)
    const seen = take(outside)
    const asked = take(inside)
    let part = 0
    await carryOut(model, plan, {
      ...{ rows: seen, y: outside.map((at) => y[at] ?? 0), seed },
      log: (sentence) => {
        log(`Held-out part ${which + 1} of ${foldsUsed}: ${sentence}`)
      },
      after: async () => {
        await collected[part]?.ask(fit, asked, seen, outside)
        part += 1
      },
    })
  }
  return collected.map((one) => one.answers())
}

/** What is held out in turn and what is learned meanwhile, as positions among the labelled rows. */
export function heldOutParts({ rows, y, seed }: Pick<CrossFit, 'rows' | 'y' | 'seed'>) {
  const fold = stratifiedFolds(y, foldsOf(rows.length), seed)
  return Array.from({ length: foldsUsed }, (_, which) => ({
    which,
    ...splitFold(fold, which),
  })).filter(({ inside, outside }) => inside.length > 0 && classesOf(outside, y) > 1)
}

const classesOf = (positions: Int32Array, y: Int32Array): number =>
  new Set(positions.map((at) => y[at] ?? 0)).size

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
