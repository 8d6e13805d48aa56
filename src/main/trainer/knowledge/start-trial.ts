import type { ChoiceInput } from './choice'
import { differenceError, score } from './heads'
import { crossFitTraining, describeRow, type HeldOutAnswers } from './held-out'
import type { LabelledRows, Start } from './starts'
import { neighboursAsked } from './strategy'
import { calibratedLogs } from './temperature'
import type { TrainingStart } from './trainings'
import type { TrialTraining } from './trial-model'

/** What labelled rows were answered that were held out. */
interface Answered {
  /** Calibrated log-probabilities, [rows, classes]. */
  readonly logs: Float64Array
  readonly loss: number
  readonly accuracy: number
}

/** All parameters trained from a start, or from several and averaged, on a part of the labelled rows. */
export interface StartTrial {
  readonly starts: readonly Start[]
  /** What came of it said of the other part, and the classes there. */
  readonly answers: HeldOutAnswers
  readonly y: Int32Array
  readonly whole: Answered
  /** The head on the start, asked about the same rows; undefined: there are several starts. */
  readonly head: Answered | undefined
  /** Standard error of the difference of the losses of both, or to the first start's training. */
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

/**
 * Trains from starts without some of the labelled rows and asks about them: a trial for each and,
 * where they may be averaged, last one for the mean of the weights that came of several.
 */
export async function tryStarts(
  starts: readonly Start[],
  labelled: LabelledRows,
  input: Pick<ChoiceInput, 'model' | 'data' | 'prediction' | 'mostSteps' | 'seed' | 'mayAverage'>,
): Promise<readonly StartTrial[]> {
  if (starts.length === 0) return []
  const { model, data, prediction, seed } = input
  const all = await crossFitTraining({
    ...{ model, seed, ...labelled },
    starts: starts.map((start) => trainingStart(start, input)),
    average: starts.length > 1 && input.mayAverage,
    neighbours: neighboursAsked(prediction),
    describe: describeRow(data),
  })
  const { classes } = model
  const trials: StartTrial[] = []
  for (const [at, answers] of all.entries()) {
    const start = starts[at]
    const trial = judge(answers, start, labelled, classes, trials[0]?.whole)
    trials.push({ ...trial, starts: start === undefined ? starts : [start] })
  }
  return trials
}

/** A start with the training that it gets. */
export const trainingStart = (
  start: Start,
  input: Pick<ChoiceInput, 'data' | 'mostSteps'>,
): TrainingStart => ({ weights: start.weights, training: trainingOf(start, input) })

/** What answers are worth, beside those of the start's head or, without one start, of another training. */
function judge(
  answers: HeldOutAnswers,
  start: Start | undefined,
  labelled: LabelledRows,
  classes: number,
  other: Answered | undefined,
): Omit<StartTrial, 'starts'> {
  const places = new Map(Array.from(labelled.rows, (row, at) => [row, at]))
  const own = answers.rows.map((row) => places.get(row) ?? 0)
  const y = own.map((at) => labelled.y[at] ?? 0)
  const whole = answered(answers.logits, y, classes)
  const head = start && answered(rowsOf(start.fitted.heldOut, own, classes), y, classes)
  const beside = head ?? other ?? whole
  return { answers, y, whole, head, error: differenceError(whole.logs, beside.logs, y, classes) }
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
 * Whether the solved head is taken rather than a training: where it may be, and has the lower loss by
 * more than a standard error. Where the rows do not tell, all is trained.
 */
export const takesHead = (
  { head, whole, error, y }: StartTrial,
  part: ChoiceInput['part'],
): boolean =>
  part === null && head !== undefined && (y.length === 0 || head.loss + error < whole.loss)

/** What comes of a start. */
export const outcomeOf = (trial: StartTrial, part: ChoiceInput['part']): Answered =>
  takesHead(trial, part) ? (trial.head ?? trial.whole) : trial.whole

/**
 * The trial to take. What comes of weak labels has to be better than what comes without them by a
 * standard error, so that a pack without a clear word for itself does no harm. The mean of both is
 * taken unless the better one is better than it by a standard error: where the rows do not tell, the
 * errors of both even out.
 */
export function bestTrial(
  trials: readonly StartTrial[],
  part: ChoiceInput['part'],
  classes: number,
): StartTrial | undefined {
  const better = betterTrial(trials, part, classes)
  const both = trials.find(({ starts }) => starts.length > 1)
  if (better === undefined || both === undefined) return better
  const one = outcomeOf(better, part)
  const error = differenceError(one.logs, both.whole.logs, both.y, classes)
  return one.loss + error < both.whole.loss ? better : both
}

/** The trial of one start, without weak labels or after them. */
export const trialOf = (trials: readonly StartTrial[], weak: boolean): StartTrial | undefined =>
  trials.find(({ starts }) => starts.length === 1 && starts[0]?.weak === weak)

function betterTrial(
  trials: readonly StartTrial[],
  part: ChoiceInput['part'],
  classes: number,
): StartTrial | undefined {
  const plain = trialOf(trials, false)
  const weak = trialOf(trials, true)
  if (plain === undefined || weak === undefined) return plain ?? weak
  const [without, after] = [outcomeOf(plain, part), outcomeOf(weak, part)]
  const error = differenceError(after.logs, without.logs, plain.y, classes)
  return after.loss + error < without.loss ? weak : plain
}
