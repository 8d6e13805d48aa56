import { trainingMethodSchema } from '@shared/domain/knowledge'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import { leastJudged } from './agreement'
import type { Choice, ChoiceInput } from './choice'
import { candidatesOf, reasonOf } from './choice-report'
import { differenceError } from './heads'
import { enoughToTell, type HeldOutAnswers } from './held-out'
import { findStarts, judgeWeakLabels, type LabelledRows, type Start } from './starts'
import { recordAnswers } from './strategy'
import {
  bestTrial,
  isSingle,
  takesHead,
  trainingOf,
  trainingStart,
  trialBatch,
  tryStarts,
  type Way,
} from './start-trial'
import { carryOut, selfTrainingSteps, sufficesFor, type TrainingStart } from './trainings'
import { headArrays, isOfHead, type TrialModel } from './trial-model'

/** Rows that a trial looks at, at most: more would tell the same and cost more. */
const mostRows = 1000

/**
 * Chooses by trial on the labelled training rows, never on others: where to start from (the model
 * as it is, or after weak labels) by heads on its pooled vectors, with enough rows by what comes of
 * them; whether all parameters are trained, by cross-fitting; and whether trainings are combined: the
 * mean of their weights, and a self-training on rows without labels. The model alone is always among
 * the candidates, and knowledge has to be better than it.
 */
export async function choose(input: ChoiceInput): Promise<Choice> {
  const { model, data, knowledge, key, seed } = input
  const labelled = labelledRows(data)
  const verdict = knowledge && judgeWeakLabels(knowledge, labelled)
  if (verdict !== undefined && input.mayUseWeakLabels) input.log(verdict.sentence)
  const weak = input.mayUseWeakLabels && verdict?.allowed === true ? knowledge : undefined
  const starts = await findStarts(model, data, labelled, weak, {
    ...{ key, seed, learned: input.learnedWeakLabels, log: input.log },
  })
  const few = verdict !== undefined && verdict.agreement.judged < leastJudged
  const best = bestStart(starts, labelled, model, few)
  const tryable = input.part === 'head' ? [] : contenders(starts, best, labelled)
  const self = selfTrainingOf(tryable, labelled, input)
  const trials = await tryStarts(tryable, self, labelled, input)
  const trial = bestTrial(trials, input.part, model.classes)
  const way: Way = trial ?? { starts: [best], self: undefined }
  const [start = best] = way.starts
  const combined = !isSingle(way)
  const solved = trial === undefined || takesHead(trial, input.part)
  const outcome = { starts, trials, trial, start, solved }
  const { steps, learningRate } = trainingOf(start, input)
  return {
    start: combined
      ? await combinedWeights(way, labelled, input)
      : solved
        ? withHead(start, model)
        : start.weights,
    strategy: {
      ...{ version: 1, pooling: input.pooling, batch: trialBatch, learningRate },
      steps: solved || combined ? 0 : steps,
      combined: combined ? combinedOf(way, input) : [],
      training:
        way.starts.some((one) => one.weak) && !input.learnedWeakLabels
          ? [trainingMethodSchema.parse({ use: 'weak' })]
          : [],
      prediction: [...input.prediction],
      candidates: candidatesOf(outcome, labelled, model.classes),
      reason: reasonOf(outcome, input, verdict?.sentence),
      heldOut: recordAnswers(solved ? answersOfHead(start, labelled) : trial.answers),
    },
  }
}

/** What comes of the way with all labelled rows. */
async function combinedWeights(
  { starts, self }: Way,
  labelled: LabelledRows,
  { model, seed, log, ...input }: ChoiceInput,
): Promise<readonly NamedArray[]> {
  const each = starts.map((one) => trainingStart(one, input))
  const plan = { starts: each, average: each.length > 1, self }
  await carryOut(model, plan, {
    ...{ ...labelled, seed },
    log: (sentence) => {
      log(`With all labelled rows: ${sentence}`)
    },
    after: () => Promise.resolve(),
  })
  return model.weights()
}

/** The trainings of a way, in their order, as a record. */
const combinedOf = ({ starts, self }: Way, input: ChoiceInput) => [
  ...starts.map((one) => record(trainingStart(one, input), 0)),
  ...(self === undefined ? [] : [record(self, self.unlabelled.length)]),
]

const record = ({ name, training }: TrainingStart, unlabelled: number) => ({
  from: name,
  steps: training.steps,
  learningRate: training.learningRate,
  unlabelled,
})

/**
 * What is trained in a trial: the best start; with enough rows the best without weak labels and the
 * best after.
 */
function contenders(
  starts: readonly Start[],
  best: Start,
  { rows }: LabelledRows,
): readonly Start[] {
  if (rows.length < enoughToTell) return [best]
  return [bestOf(starts, false), bestOf(starts, true)].filter((one) => one !== undefined)
}

/** Unlabelled rows whose answers are learned, at most, and labelled ones that they come from, at least. */
const selfTrained = { most: 2000, leastLabelled: 32, least: 200 } as const

/**
 * Where there are rows without labels, and more of them than labelled ones, a model's own answers for
 * these may be learned: with few labelled rows after weak labels alone and from these, with enough of
 * them from the first start, the model without them.
 */
export function selfTrainingOf(
  tryable: readonly Pick<Start, 'name' | 'weights' | 'weak'>[],
  { rows }: LabelledRows,
  input: Omit<ChoiceInput, 'model'>,
): Way['self'] {
  const { data, mostSteps, mayCombine } = input
  const [from] = tryable
  const unlabelled = spread(data.parts.unlabelled, selfTrained.most)
  const isEnough =
    unlabelled.length >= selfTrained.least &&
    rows.length >= selfTrained.leastLabelled &&
    sufficesFor(unlabelled.length, rows.length)
  if (!mayCombine || from === undefined) return undefined
  if (!isEnough || (rows.length < enoughToTell && !from.weak)) {
    if (unlabelled.length > 0) input.log(notEnough(unlabelled.length, rows.length))
    return undefined
  }
  const start = trainingStart(from, input)
  const onePass = selfTrainingSteps(unlabelled.length, trialBatch)
  const steps = Math.min(Math.max(onePass, start.training.steps), mostSteps ?? Infinity)
  return { ...start, training: { ...start.training, steps }, unlabelled }
}

const notEnough = (unlabelled: number, labelled: number): string =>
  `${unlabelled} rows without a label are not self-trained on beside ${labelled} labelled ones: that takes ${selfTrained.least} of them or more, three times as many as labelled ones, and of these ${selfTrained.leastLabelled} after weak labels, ${enoughToTell} without.`

/** The weights of a start with the head that was solved on it. */
const withHead = ({ weights, fitted }: Start, { classes, width }: TrialModel) => [
  ...weights.filter((array) => !isOfHead(array)),
  ...headArrays(fitted.head, classes, width),
]

const answersOfHead = ({ fitted }: Start, { rows }: LabelledRows): HeldOutAnswers => ({
  rows,
  logits: Float32Array.from(fitted.heldOut),
  neighbours: [],
})

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
  const best = leastLoss(starts)
  const weak = bestOf(starts, true)
  if (best === undefined) throw new RangeError('There is nothing to start from.')
  if (!few || weak === undefined) return best
  const error = differenceError(weak.fitted.heldOut, best.fitted.heldOut, y, classes)
  return weak.fitted.loss - error <= best.fitted.loss ? weak : best
}

const bestOf = (starts: readonly Start[], weak: boolean): Start | undefined =>
  leastLoss(starts.filter((one) => one.weak === weak))

const leastLoss = (starts: readonly Start[]): Start | undefined =>
  starts.toSorted((one, other) => one.fitted.loss - other.fitted.loss)[0]

/** The labelled training rows; of very many, so many that lie evenly among them. */
export function labelledRows({ parts, targets }: Prepared): LabelledRows {
  const rows = spread(parts.train, mostRows)
  return { rows, y: rows.map((row) => targets.values[row] ?? 0) }
}

/** So many rows at most, that lie evenly among all. */
function spread(rows: Int32Array, most: number): Int32Array {
  const stride = Math.max(1, rows.length / most)
  return Int32Array.from({ length: Math.min(rows.length, most) }, (_, at) => {
    return rows[Math.floor(at * stride)] ?? 0
  })
}
