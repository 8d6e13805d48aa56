import type { ChoiceInput } from './choice'
import { differenceError, score } from './heads'
import { crossFitTraining, describeRow, type HeldOutAnswers } from './held-out'
import type { LabelledRows, Start } from './starts'
import { neighboursAsked } from './strategy'
import { calibratedLogs } from './temperature'
import type { TrialTraining } from './trial-model'

/** What labelled rows were answered that were held out. */
interface Answered {
  /** Calibrated log-probabilities, [rows, classes]. */
  readonly logs: Float64Array
  readonly loss: number
  readonly accuracy: number
}

/** A start from which all parameters were trained on a part of the labelled rows. */
export interface StartTrial {
  readonly start: Start
  /** What it said of the other part, and the classes there. */
  readonly answers: HeldOutAnswers
  readonly y: Int32Array
  readonly whole: Answered
  /** The head on the start, asked about the same rows. */
  readonly head: Answered
  /** Standard error of the difference of both losses. */
  readonly error: number
}

export const trialBatch = 16

/**
 * Few rows are seen often, many rows rarely. A model that has seen weak labels is near its aim; one
 * as it was pre-trained has a way to go.
 */
export function trainingOf(
  { weak }: Start,
  { data, mostSteps }: Pick<ChoiceInput, 'data' | 'mostSteps'>,
): TrialTraining {
  const rows = data.parts.train.length
  const steps = Math.max(
    Math.round((weak ? 5 : 7) * Math.sqrt(rows)),
    Math.ceil(((weak ? 3 : 5) * rows) / trialBatch),
  )
  return {
    steps: Math.min(steps, mostSteps ?? Infinity),
    batch: trialBatch,
    learningRate: weak ? 5e-5 : 1e-4,
  }
}

/** Trains from a start without some of the labelled rows and asks about them. */
export async function tryStart(
  start: Start,
  labelled: LabelledRows,
  input: Pick<ChoiceInput, 'model' | 'data' | 'prediction' | 'mostSteps' | 'seed'>,
): Promise<StartTrial> {
  const { model, data, prediction, seed } = input
  const { classes } = model
  const answers = await crossFitTraining({
    ...{ model, start: start.weights, seed, ...labelled },
    training: trainingOf(start, input),
    neighbours: neighboursAsked(prediction),
    describe: describeRow(data),
  })
  const places = new Map(Array.from(labelled.rows, (row, at) => [row, at]))
  const own = answers.rows.map((row) => places.get(row) ?? 0)
  const y = own.map((at) => labelled.y[at] ?? 0)
  const headLogs = new Float64Array(own.length * classes)
  own.forEach((from, at) => {
    headLogs.set(start.fitted.heldOut.subarray(from * classes, (from + 1) * classes), at * classes)
  })
  const whole = answered(answers.logits, y, classes)
  const head = answered(headLogs, y, classes)
  const error = differenceError(whole.logs, head.logs, y, classes)
  return { start, answers, y, whole, head, error }
}

function answered(logits: ArrayLike<number>, y: Int32Array, classes: number): Answered {
  const logs = calibratedLogs(logits, y, classes)
  return { logs, ...score(logs, y, classes) }
}

/**
 * Whether the solved head is taken rather than a training: where it may be, and has the lower loss by
 * more than a standard error. Where the rows do not tell, all is trained.
 */
export const takesHead = (
  { head, whole, error, y }: StartTrial,
  part: ChoiceInput['part'],
): boolean => part === null && (y.length === 0 || head.loss + error < whole.loss)

/** What comes of a start. */
export const outcomeOf = (trial: StartTrial, part: ChoiceInput['part']): Answered =>
  takesHead(trial, part) ? trial.head : trial.whole

/**
 * Of a trial without weak labels and one after them, the one to take: what comes of weak labels has
 * to be better by a standard error of the difference, so that a pack without a clear word for itself
 * does no harm.
 */
export function betterTrial(
  trials: readonly StartTrial[],
  part: ChoiceInput['part'],
  classes: number,
): StartTrial | undefined {
  const plain = trials.find(({ start }) => !start.weak)
  const weak = trials.find(({ start }) => start.weak)
  if (plain === undefined || weak === undefined) return plain ?? weak
  const [without, after] = [outcomeOf(plain, part), outcomeOf(weak, part)]
  const error = differenceError(after.logs, without.logs, plain.y, classes)
  return after.loss + error < without.loss ? weak : plain
}
