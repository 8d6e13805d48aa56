import { differenceError, score } from './heads'
import type { ChoiceInput } from './choice'
import { crossFitTraining, describeRow, type HeldOutAnswers } from './held-out'
import type { LabelledRows, Start } from './starts'
import { neighboursAsked } from './strategy'
import { calibratedLogs } from './temperature'
import type { TrialTraining } from './trial-model'

/** A start from which all parameters were trained on a part of the labelled rows. */
export interface TrainedStart {
  readonly start: Start
  readonly training: TrialTraining
  /** What it said of the other part. */
  readonly answers: HeldOutAnswers
  /** Classes of the rows that were asked about, and calibrated log-probabilities [rows, classes]. */
  readonly y: Int32Array
  readonly logs: Float64Array
  readonly loss: number
  readonly accuracy: number
}

export type StartTrial = Pick<ChoiceInput, 'model' | 'data' | 'prediction' | 'mostSteps' | 'seed'>

export const trialBatch = 16

/**
 * Few rows are seen often, many rows rarely. A model that has seen weak labels is near its aim; one
 * as it was pre-trained has a way to go.
 */
export function trainingOf({ weak }: Start, { data, mostSteps }: StartTrial): TrialTraining {
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
export async function trainStart(
  start: Start,
  labelled: LabelledRows,
  trial: StartTrial,
): Promise<TrainedStart> {
  const { model, data, prediction, seed } = trial
  const training = trainingOf(start, trial)
  const answers = await crossFitTraining({
    ...{ model, start: start.weights, training, seed, ...labelled },
    neighbours: neighboursAsked(prediction),
    describe: describeRow(data),
  })
  const y = labelsOf(answers, labelled)
  const logs = calibratedLogs(answers.logits, y, model.classes)
  return { start, training, answers, y, logs, ...score(logs, y, model.classes) }
}

/**
 * The training to take: that after weak labels has to be better than the one without by a standard
 * error of the difference. Trainings are alike otherwise, so a pack without a clear word for it does
 * no harm.
 */
export function betterTraining(
  trained: readonly TrainedStart[],
  classes: number,
): TrainedStart | undefined {
  const plain = trained.find(({ start }) => !start.weak)
  const weak = trained.find(({ start }) => start.weak)
  if (plain === undefined || weak === undefined) return plain ?? weak
  const error = differenceError(weak.logs, plain.logs, plain.y, classes)
  return weak.loss + error < plain.loss ? weak : plain
}

/** The head on a start against a training, on the rows that the training was asked about. */
export function compareHead(
  { fitted }: Start,
  { answers, y, logs }: TrainedStart,
  labelled: LabelledRows,
  classes: number,
): { readonly head: { readonly loss: number }; readonly error: number } {
  const places = placesOf(labelled)
  const heads = new Float64Array(answers.rows.length * classes)
  answers.rows.forEach((row, at) => {
    const from = (places.get(row) ?? 0) * classes
    heads.set(fitted.heldOut.subarray(from, from + classes), at * classes)
  })
  const headLogs = calibratedLogs(heads, y, classes)
  return { head: score(headLogs, y, classes), error: differenceError(logs, headLogs, y, classes) }
}

const placesOf = ({ rows }: LabelledRows): ReadonlyMap<number, number> =>
  new Map(Array.from(rows, (row, at) => [row, at]))

function labelsOf({ rows }: HeldOutAnswers, labelled: LabelledRows): Int32Array {
  const places = placesOf(labelled)
  return rows.map((row) => labelled.y[places.get(row) ?? 0] ?? 0)
}
