import { trainingMethodSchema } from '@shared/domain/knowledge'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import { leastJudged } from './agreement'
import type { Choice, ChoiceInput } from './choice'
import { candidatesOf, reasonOf } from './choice-report'
import { differenceError } from './heads'
import type { HeldOutAnswers } from './held-out'
import { findStarts, judgeWeakLabels, type LabelledRows, type Start } from './starts'
import { recordAnswers } from './strategy'
import {
  bestTrial,
  takesHead,
  trainingOf,
  trainingStart,
  trialBatch,
  tryStarts,
} from './start-trial'
import { trainAveraged } from './trainings'
import { headArrays, isOfHead, type TrialModel } from './trial-model'

/** Rows that a trial looks at, at most: more would tell the same and cost more. */
const mostRows = 1000

/** From so many labelled rows on, what starts are worth is told by trainings and not by heads alone. */
const enoughToTrain = 150

/**
 * Chooses by trial on the labelled training rows, never on others: where to start from (the model
 * as it is, or after weak labels) by heads on its pooled vectors, with enough rows by what comes of
 * both and of their mean; and whether all parameters are trained, by cross-fitting. The model alone
 * is always among the candidates, and knowledge has to be better than it.
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
  const best = bestStart(starts, labelled, model, few)
  const tryable = input.part === 'head' ? [] : contenders(starts, best, labelled)
  const trials = await tryStarts(tryable, labelled, input)
  const trial = bestTrial(trials, input.part, model.classes)
  const taken = trial?.starts ?? [best]
  const [start = best] = taken
  const averaged = taken.length > 1 ? taken : []
  const solved = trial === undefined || takesHead(trial, input.part)
  const outcome = { starts, trials, trial, start, solved }
  const { steps, learningRate } = trainingOf(start, input)
  return {
    start:
      averaged.length > 0
        ? await averagedWeights(averaged, labelled, input)
        : solved
          ? withHead(start, model)
          : start.weights,
    strategy: {
      ...{ version: 1, pooling: input.pooling, batch: trialBatch, learningRate },
      steps: solved || averaged.length > 0 ? 0 : steps,
      averaged: averaged.map((one) => ({ from: one.name, ...lengthOf(one, input) })),
      training:
        taken.some(({ weak: used }) => used) && !input.learnedWeakLabels
          ? [trainingMethodSchema.parse({ use: 'weak' })]
          : [],
      prediction: [...input.prediction],
      candidates: candidatesOf(outcome, labelled, model.classes),
      reason: reasonOf(outcome, input, verdict?.sentence),
      heldOut: recordAnswers(solved ? answersOfHead(start, labelled) : trial.answers),
    },
  }
}

const lengthOf = (start: Start, input: ChoiceInput) => {
  const { steps, learningRate } = trainingOf(start, input)
  return { steps, learningRate }
}

/** Trainings from each start on all labelled rows, their weights averaged. */
const averagedWeights = (
  starts: readonly Start[],
  { rows, y }: LabelledRows,
  input: ChoiceInput,
): Promise<readonly NamedArray[]> =>
  trainAveraged(
    input.model,
    starts.map((one) => trainingStart(one, input)),
    rows,
    y,
    input.seed,
  )

/**
 * What is trained in a trial: the best start; with enough rows the best without weak labels and the
 * best after.
 */
function contenders(
  starts: readonly Start[],
  best: Start,
  { rows }: LabelledRows,
): readonly Start[] {
  if (rows.length < enoughToTrain) return [best]
  return [bestOf(starts, false), bestOf(starts, true)].filter((one) => one !== undefined)
}

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
  const best = leastBy(starts, headLoss)
  const weak = bestOf(starts, true)
  if (best === undefined) throw new RangeError('There is nothing to start from.')
  if (!few || weak === undefined) return best
  const error = differenceError(weak.fitted.heldOut, best.fitted.heldOut, y, classes)
  return weak.fitted.loss - error <= best.fitted.loss ? weak : best
}

const bestOf = (starts: readonly Start[], weak: boolean): Start | undefined =>
  leastBy(
    starts.filter((one) => one.weak === weak),
    headLoss,
  )

const headLoss = ({ fitted }: Start): number => fitted.loss

const leastBy = <T>(among: readonly T[], lossOf: (one: T) => number): T | undefined =>
  among.toSorted((one, other) => lossOf(one) - lossOf(other))[0]

/** The labelled training rows; of very many, so many that lie evenly among them. */
export function labelledRows({ parts, targets }: Prepared): LabelledRows {
  const stride = Math.max(1, parts.train.length / mostRows)
  const count = Math.min(parts.train.length, mostRows)
  const rows = Int32Array.from({ length: count }, (_, at) => {
    return parts.train[Math.floor(at * stride)] ?? 0
  })
  return { rows, y: rows.map((row) => targets.values[row] ?? 0) }
}
