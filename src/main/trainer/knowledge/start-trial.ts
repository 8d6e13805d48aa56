import { enoughToTell, trainingSteps, trialBatch } from '../../knowledge/trial-lengths'
import type { ChoiceInput } from './choice'
import { differenceError, score } from './heads'
import { describeRow, type HeldOutAnswers } from './held-out'
import type { LabelledRows } from './labelled-rows'
import { isTaught, type Start } from './starts'
import { neighboursAsked } from './strategy'
import { calibratedLogs } from './temperature'
import { crossFitOnce } from './trial-cache'
import type { SelfTraining, TrainingStart } from './trainings'
import type { TrialTraining } from './trial-model'

/** What labelled rows were answered that were held out. */
export interface Answered {
  /** Calibrated log-probabilities, [rows, classes]. */
  readonly logs: Float64Array
  readonly loss: number
  readonly accuracy: number
}

/** A way to come to a model's weights: trainings of all parameters. */
export interface Way {
  /** What is trained from; of several the weights are averaged. */
  readonly starts: readonly Start[]
  /** A self-training that follows; undefined: none does. */
  readonly self: SelfTraining | undefined
}

/** A way that was gone with a part of the labelled rows. */
export interface StartTrial extends Way {
  /** What came of it said of the other part, and the classes there. */
  readonly answers: HeldOutAnswers
  readonly y: Int32Array
  readonly whole: Answered
  /** The head on the start, asked about the same rows; undefined: the way has more than one training. */
  readonly head: Answered | undefined
  /** By so much its loss has to be lower than the training's, that it is taken. */
  readonly margin: number
}

/** Rate for what has a way to go. */
export const farRate = 1e-4

/** What the length of a training follows from. */
interface Length {
  readonly data: { readonly parts: { readonly train: Int32Array } }
  readonly mostSteps: number | null
}

/** How a start is trained with the labelled rows. */
export function trainingOf(
  start: Pick<Start, 'lessons'>,
  { data, mostSteps }: Length,
): TrialTraining {
  const isNear = isTaught(start)
  return {
    steps: trainingSteps(data.parts.train.length, isNear, mostSteps),
    batch: trialBatch,
    learningRate: isNear ? 5e-5 : farRate,
  }
}

/**
 * Standard errors by which a head has to be better than a training: it is the best of several starts
 * and ridges on the rows that judge it, and with enough rows trainings are rarely worse.
 */
const errorsNeeded = (rows: number): number => (rows < enoughToTell ? 1 : 2)

/**
 * Trains from starts without some of the labelled rows and asks about them: a trial for each; where
 * trainings may be combined, one for the mean of the weights that came of several, and one for the
 * self-training after that, if there is one.
 */
export async function tryStarts(
  starts: readonly Start[],
  self: Way['self'],
  labelled: LabelledRows,
  input: ChoiceInput,
): Promise<readonly StartTrial[]> {
  if (starts.length === 0) return []
  const { model, data, prediction, seed, log } = input
  const average = starts.length > 1 && input.mayCombine
  const ways: Way[] = [
    ...starts.map((start): Way => ({ starts: [start], self: undefined })),
    ...(average ? [{ starts, self: undefined }] : []),
    ...(self === undefined ? [] : [{ starts, self }]),
  ]
  const fit = {
    ...{ model, seed, ...labelled },
    plan: { starts: starts.map((start) => trainingStart(start, input)), average, self },
    log,
    neighbours: neighboursAsked(prediction),
    describe: describeRow(data),
  }
  const all = await crossFitOnce(fit, input.key)
  return ways.flatMap((way, at) => {
    const answers = all[at]
    if (answers === undefined) return []
    return [{ ...way, ...judge(answers, starts[at], labelled, model.classes) }]
  })
}

/** A start with the training that it gets. */
export const trainingStart = (
  start: Pick<Start, 'name' | 'weights' | 'lessons'>,
  input: Length,
): TrainingStart => ({
  ...{ name: start.name, weights: start.weights },
  training: trainingOf(start, input),
})

/** What answers are worth, beside those of the start's head. */
function judge(
  answers: HeldOutAnswers,
  start: Start | undefined,
  labelled: LabelledRows,
  classes: number,
): Omit<StartTrial, keyof Way> {
  const places = new Map(Array.from(labelled.rows, (row, at) => [row, at]))
  const own = answers.rows.map((row) => places.get(row) ?? 0)
  const y = own.map((at) => labelled.y[at] ?? 0)
  const whole = answered(answers.logits, y, classes)
  const head = start && answered(rowsOf(start.fitted.heldOut, own, classes), y, classes)
  const errors = errorsNeeded(labelled.rows.length)
  const margin = errors * differenceError(whole.logs, (head ?? whole).logs, y, classes)
  return { answers, y, whole, head, margin }
}

/** Some rows of [rows, classes]. */
function rowsOf(values: Float64Array, rows: Int32Array, classes: number): Float64Array {
  const taken = new Float64Array(rows.length * classes)
  rows.forEach((from, at) => {
    taken.set(values.subarray(from * classes, (from + 1) * classes), at * classes)
  })
  return taken
}

function answered(logits: ArrayLike<number>, y: Int32Array, classes: number): Answered {
  const logs = calibratedLogs(logits, y, classes)
  return { logs, ...score(logs, y, classes) }
}

/**
 * Whether the solved head is taken rather than a training: where it may be, and is clearly better.
 * Where the rows do not tell, all is trained.
 */
export const takesHead = (
  { head, whole, margin, y }: StartTrial,
  part: ChoiceInput['part'],
): boolean =>
  part === null && head !== undefined && (y.length === 0 || head.loss + margin < whole.loss)

/** What comes of a start. */
export const outcomeOf = (trial: StartTrial, part: ChoiceInput['part']): Answered =>
  takesHead(trial, part) ? (trial.head ?? trial.whole) : trial.whole

/** Whether a way is one training from one start. */
export const isSingle = ({ starts, self }: Way): boolean =>
  starts.length === 1 && self === undefined

/** Of the trials of one start, taught by a pack or not, the one of which the best comes. */
export function singleTrial(
  trials: readonly StartTrial[],
  taught: boolean,
  part: ChoiceInput['part'],
): StartTrial | undefined {
  const fitting = trials.filter(
    (trial) => isSingle(trial) && trial.starts.some(isTaught) === taught,
  )
  return fitting.toSorted(
    (one, other) => outcomeOf(one, part).loss - outcomeOf(other, part).loss,
  )[0]
}

/**
 * The trial to take. What comes of a pack's lessons has to be better than what comes without them by a
 * standard error, so that a pack without a clear word for itself does no harm. The mean of several
 * trainings, and rather a self-training after them, are taken unless one that comes before is better by
 * two: they are better as a rule, and few rows contradict it by chance.
 */
export function bestTrial(
  trials: readonly StartTrial[],
  part: ChoiceInput['part'],
  classes: number,
): StartTrial | undefined {
  const isBetter = (one: StartTrial, other: StartTrial, errors: number): boolean => {
    const [first, second] = [outcomeOf(one, part), outcomeOf(other, part)]
    const error = differenceError(first.logs, second.logs, one.y, classes)
    return first.loss + errors * error < second.loss
  }
  const [plain, taught] = [false, true].map((one) => singleTrial(trials, one, part))
  const single =
    plain !== undefined && taught !== undefined && isBetter(taught, plain, 1)
      ? taught
      : (plain ?? taught)
  if (single === undefined) return undefined
  const inOrder = [single, ...trials.filter((trial) => !isSingle(trial))]
  return inOrder.findLast((trial, at) =>
    inOrder.slice(0, at).every((other) => !isBetter(other, trial, 2)),
  )
}
