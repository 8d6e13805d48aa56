import type { PredictionMethod, TrialCandidate } from '@shared/domain/knowledge'
import { trainingMethodSchema } from '@shared/domain/knowledge'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import { leastJudged } from './agreement'
import type { Knowledge } from './context'
import { score } from './heads'
import { crossFitTraining, describeRow, type HeldOutAnswers } from './held-out'
import { findStarts, judgeWeakLabels, type LabelledRows, type Start } from './starts'
import { neighboursAsked, recordAnswers, type Strategy } from './strategy'
import { calibratedLogs } from './temperature'
import { headArrays, type TrialModel, type TrialTraining } from './trial-model'
import type { StageKey } from './weak-stage'

/** What a run of its own choice starts from. */
export interface Choice {
  readonly strategy: Strategy
  readonly start: readonly NamedArray[]
}

export interface ChoiceInput {
  readonly model: TrialModel
  readonly data: Prepared
  readonly knowledge: Knowledge | undefined
  /** Whether training may be by weak labels. */
  readonly mayUseWeakLabels: boolean
  /** Whether the model has learned weak labels already, those that the recipe lists. */
  readonly learnedWeakLabels: boolean
  /** Whether all parameters or a solved head: null leaves it to the trial. */
  readonly part: 'all' | 'head' | null
  readonly prediction: readonly PredictionMethod[]
  /** Steps of a training, at most; null: as many as the rows ask for. */
  readonly mostSteps: number | null
  readonly key: StageKey
  readonly pooling: Strategy['pooling']
  readonly seed: number
  readonly log: (sentence: string) => void
}

/** Rows that a trial looks at, at most: more would tell the same and cost more. */
const mostRows = 1000
const batch = 16

/**
 * Few rows are seen often, many rows rarely. A model that has seen weak labels is near its aim; one
 * as it was pre-trained has a way to go.
 */
const trainingFor = (rows: number, { weak }: Start): TrialTraining => ({
  steps: Math.max(
    Math.round((weak ? 5 : 7) * Math.sqrt(rows)),
    Math.ceil(((weak ? 3 : 5) * rows) / batch),
  ),
  batch,
  learningRate: weak ? 5e-5 : 1e-4,
})

/**
 * Chooses by trial on the labelled training rows, never on others: where to start from (the model
 * as it is, or after weak labels) by heads on its pooled vectors, and whether all parameters are
 * trained by cross-fitting. The model alone is always among the candidates, and knowledge has to
 * be better than it.
 */
export async function choose(input: ChoiceInput): Promise<Choice> {
  const { model, data, knowledge, key, seed } = input
  const labelled = labelledRows(data)
  const verdict = knowledge && judgeWeakLabels(knowledge, labelled)
  if (verdict !== undefined && input.mayUseWeakLabels) input.log(verdict.sentence)
  const weak = input.mayUseWeakLabels && verdict?.allowed === true ? knowledge : undefined
  const starts = await findStarts(model, data, labelled, weak, {
    ...{ key, seed, learned: input.learnedWeakLabels },
  })
  const few = verdict !== undefined && verdict.agreement.judged < leastJudged
  const start = bestStart(starts, labelled, model, few)
  const asked = trainingFor(data.parts.train.length, start)
  const training = { ...asked, steps: Math.min(asked.steps, input.mostSteps ?? Infinity) }
  const whole =
    input.part === 'head'
      ? null
      : await crossFitTraining({
          ...{ model, start: start.weights, training, seed },
          ...{ rows: labelled.rows, y: labelled.y },
          neighbours: neighboursAsked(input.prediction),
          describe: describeRow(data),
        })
  const solved =
    whole !== null && input.part === null && headIsBetter(start, labelled, whole, model)
  const headOnly = whole === null || solved
  const heldOut: HeldOutAnswers = headOnly
    ? { rows: labelled.rows, logits: Float32Array.from(start.fitted.heldOut), neighbours: [] }
    : whole
  return {
    start: headOnly
      ? [
          ...start.weights.filter(({ name }) => !name.startsWith('classifier.')),
          ...headArrays(start.fitted.head, model.classes, model.width),
        ]
      : start.weights,
    strategy: {
      version: 1,
      pooling: input.pooling,
      steps: headOnly ? 0 : training.steps,
      batch,
      learningRate: training.learningRate,
      training:
        start.weak && !input.learnedWeakLabels ? [trainingMethodSchema.parse({ use: 'weak' })] : [],
      prediction: [...input.prediction],
      candidates: describe(starts, start, labelled, whole, headOnly, model),
      reason: reasonOf(starts, start, headOnly, input, verdict?.sentence),
      heldOut: recordAnswers(heldOut),
    },
  }
}

/**
 * The start whose head has the least loss. Where few labelled rows speak, the pack's word stands: the
 * best start after weak labels, unless the one without them is better by a standard error.
 */
function bestStart(
  starts: readonly Start[],
  { y }: LabelledRows,
  { classes }: TrialModel,
  few: boolean,
): Start {
  const least = (among: readonly Start[]): Start | undefined =>
    among.reduce<Start | undefined>(
      (found, one) => (found === undefined || one.fitted.loss < found.fitted.loss ? one : found),
      undefined,
    )
  const best = least(starts)
  const weak = least(starts.filter((one) => one.weak))
  if (best === undefined) throw new RangeError('There is nothing to start from.')
  if (!few || weak === undefined) return best
  const error = differenceError(weak.fitted.heldOut, best.fitted.heldOut, y, classes)
  return weak.fitted.loss - error <= best.fitted.loss ? weak : best
}

/** The labelled training rows; of very many, so many that lie evenly among them. */
export function labelledRows({ parts, targets }: Prepared): LabelledRows {
  const stride = Math.max(1, parts.train.length / mostRows)
  const count = Math.min(parts.train.length, mostRows)
  const rows = Int32Array.from({ length: count }, (_, at) => {
    return parts.train[Math.floor(at * stride)] ?? 0
  })
  return { rows, y: rows.map((row) => targets.values[row] ?? 0) }
}

/**
 * Whether the solved head has the lower calibrated loss on the rows that both were asked about, by
 * more than a standard error of the difference: where the rows do not tell, all is trained.
 */
function headIsBetter(
  start: Start,
  labelled: LabelledRows,
  whole: HeldOutAnswers,
  { classes }: TrialModel,
): boolean {
  if (whole.rows.length === 0) return true
  const compared = sameRows(start, labelled, whole, classes)
  return compared.head.loss + compared.error < compared.whole.loss
}

function sameRows(start: Start, labelled: LabelledRows, whole: HeldOutAnswers, classes: number) {
  const places = new Map(Array.from(labelled.rows, (row, at) => [row, at]))
  const y = whole.rows.map((row) => labelled.y[places.get(row) ?? 0] ?? 0)
  const heads = new Float64Array(whole.rows.length * classes)
  whole.rows.forEach((row, at) => {
    const from = (places.get(row) ?? 0) * classes
    heads.set(start.fitted.heldOut.subarray(from, from + classes), at * classes)
  })
  const headLogs = calibratedLogs(heads, y, classes)
  const wholeLogs = calibratedLogs(whole.logits, y, classes)
  return {
    head: score(headLogs, y, classes),
    whole: score(wholeLogs, y, classes),
    error: differenceError(wholeLogs, headLogs, y, classes),
  }
}

function describe(
  starts: readonly Start[],
  start: Start,
  labelled: LabelledRows,
  whole: HeldOutAnswers | null,
  headOnly: boolean,
  { classes }: TrialModel,
): TrialCandidate[] {
  const [first] = starts
  const heads = starts.map((one): TrialCandidate => ({
    name: `${one.name}, head`,
    description: `${one.description} Its layers stay; a head is solved on ${labelled.rows.length} labelled rows.`,
    loss: one.fitted.loss,
    accuracy: one.fitted.accuracy,
    error: differenceError(one.fitted.heldOut, (first ?? one).fitted.heldOut, labelled.y, classes),
    chosen: headOnly && one === start,
  }))
  if (whole === null || whole.rows.length === 0) return heads
  const compared = sameRows(start, labelled, whole, classes)
  return [
    ...heads,
    {
      name: `${start.name}, all parameters`,
      description: `${start.description} Then all parameters are trained on the labelled rows; judged on ${whole.rows.length} of them that were held out.`,
      ...compared.whole,
      error: compared.error,
      chosen: !headOnly,
    },
  ]
}

/** Standard error of the mean difference of two log-losses on the same rows, [rows, classes]. */
function differenceError(
  one: Float64Array,
  other: Float64Array,
  y: Int32Array,
  classes: number,
): number {
  const differences = Array.from(y, (label, row) => {
    const at = row * classes + label
    return (other[at] ?? 0) - (one[at] ?? 0)
  })
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, differences.length - 1) / differences.length)
}

function reasonOf(
  starts: readonly Start[],
  start: Start,
  headOnly: boolean,
  { part, mayUseWeakLabels, knowledge }: ChoiceInput,
  verdict: string | undefined,
): string {
  const [plain] = starts
  const listed = knowledge !== undefined && typeof knowledge.choice.training !== 'string'
  const from = listed
    ? 'Knowledge takes part in training as the recipe lists it.'
    : start.weak
      ? `After weak labels a head has a loss of ${start.fitted.loss.toFixed(3)} on held-out labelled rows, without them ${(plain?.fitted.loss ?? 0).toFixed(3)}.`
      : starts.length > 1
        ? `Weak labels did not lower the loss on held-out labelled rows (${start.fitted.loss.toFixed(3)} without them).`
        : mayUseWeakLabels && knowledge !== undefined
          ? (verdict ?? 'The pack labels too few rows to train on.')
          : 'Knowledge takes no part in training.'
  const rest =
    part !== null
      ? ''
      : headOnly
        ? ' A head on frozen layers was clearly better than training all parameters.'
        : ' All parameters are trained: a head on frozen layers was not clearly better.'
  return `${from}${rest}`
}
