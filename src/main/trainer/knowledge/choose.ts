import type { TrainingMethod } from '@shared/domain/knowledge'
import { leastJudged } from './agreement'
import type { Choice, ChoiceInput } from './choice'
import { candidatesOf, reasonOf } from './choice-report'
import { combinedOf, combinedWeights } from './combined'
import { differenceError } from './heads'
import { enoughToTell, type HeldOutAnswers } from './held-out'
import { labelledRows, type LabelledRows } from './labelled-rows'
import { selfTrainingOf, selfTrainingOnMore } from './self-training'
import { findStarts, isTaught, judgePack, type Start } from './starts'
import { recordAnswers } from './strategy'
import {
  bestTrial,
  isSingle,
  takesHead,
  trainingOf,
  trialBatch,
  tryStarts,
  type Way,
} from './start-trial'
import { headArrays, isOfHead, type TrialModel } from './trial-model'

/**
 * Chooses by trial on the labelled training rows, never on others: where to start from (the model
 * as it is, or after what a pack teaches) by heads on its pooled vectors, with enough rows by what
 * comes of them; whether all parameters are trained, by cross-fitting; and whether trainings are combined: the
 * mean of their weights, and a self-training on rows without labels. The model alone is always among
 * the candidates, and knowledge has to be better than it.
 */
export async function choose(input: ChoiceInput): Promise<Choice> {
  const { model, data, knowledge, key, seed } = input
  const labelled = labelledRows(data)
  const verdict = knowledge && judgePack(knowledge, labelled)
  if (verdict !== undefined && input.mayTeach) input.log(verdict.sentence)
  const believed = input.mayTeach && verdict?.allowed === true ? knowledge : undefined
  const starts = await findStarts(model, data, labelled, believed, {
    ...{ key, seed, learned: input.learned, log: input.log },
  })
  const few = verdict !== undefined && verdict.agreement.judged < leastJudged
  const best = bestStart(starts, labelled, model, few)
  const tryable = input.part === 'head' ? [] : contenders(starts, best, labelled)
  const learner = tryable.some(isTaught) ? starts.find(isTaught) : tryable[0]
  const self = selfTrainingOf(learner, labelled, input)
  const trials = await tryStarts(tryable, self, labelled, input)
  const trial = bestTrial(trials, input.part, model.classes)
  const way: Way = {
    starts: trial?.starts ?? [best],
    self: trial?.self && learner && selfTrainingOnMore(learner, labelled, input),
  }
  const [start = best] = way.starts
  const combined = !isSingle(way)
  const solved = trial === undefined || takesHead(trial, input.part)
  const outcome = { starts, trials, trial, start, solved, self: way.self }
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
      training: [...methodsOf(way)],
      prediction: [...input.prediction],
      candidates: candidatesOf(outcome, labelled, model.classes),
      reason: reasonOf(outcome, input, verdict?.sentence),
      heldOut: recordAnswers(solved ? answersOfHead(start, labelled) : trial.answers),
    },
  }
}

/** What of a pack a way builds on, as a recipe lists it: a start's lessons begin with those of others. */
const methodsOf = ({ starts }: Way): readonly TrainingMethod[] =>
  starts.map(({ methods }) => methods).toSorted((one, other) => other.length - one.length)[0] ?? []

/**
 * What is trained in a trial: with few rows the best start or, with some more and a pack that teaches,
 * the best of each of its lessons; with enough rows the model without a pack and the best of each
 * lesson of which a head is better than its head, so that a pack without a word for itself does no harm.
 */
function contenders(
  starts: readonly Start[],
  best: Start,
  { rows }: LabelledRows,
): readonly Start[] {
  const isEnough = rows.length >= enoughToTell
  if (!isEnough && (rows.length < leastJudged || !isTaught(best))) return [best]
  const [plain] = starts
  const most = isEnough && plain !== undefined ? plain.fitted.loss : Infinity
  const lessons = [...new Set(starts.map(({ lessons: own }) => own.at(-1)))]
  const bestOfEach = lessons.flatMap(
    (lesson) => leastLoss(starts.filter(({ lessons: own }) => own.at(-1) === lesson)) ?? [],
  )
  return bestOfEach.filter((one) =>
    one === plain ? isEnough || isTaught(one) : one.fitted.loss < most,
  )
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
 * best start that it taught, unless the one that it did not is better by a standard error.
 */
function bestStart(
  starts: readonly Start[],
  { y }: LabelledRows,
  { classes }: TrialModel,
  few: boolean,
): Start {
  const best = leastLoss(starts)
  const taught = leastLoss(starts.filter(isTaught))
  if (best === undefined) throw new RangeError('There is nothing to start from.')
  if (!few || taught === undefined) return best
  const error = differenceError(taught.fitted.heldOut, best.fitted.heldOut, y, classes)
  return taught.fitted.loss - error <= best.fitted.loss ? taught : best
}

const leastLoss = (starts: readonly Start[]): Start | undefined =>
  starts.toSorted((one, other) => one.fitted.loss - other.fitted.loss)[0]
