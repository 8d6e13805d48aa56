import type { TrainingMethod } from '@shared/domain/knowledge'
import { leastJudged, trialBatch } from '../../knowledge/trial-lengths'
import { counted } from '../../platform/counted'
import type { Choice, ChoiceInput } from './choice'
import { candidatesOf, reasonOf } from './choice-report'
import { combinedOf, combinedWeights } from './combined'
import { bestStart, contenders } from './contenders'
import type { HeldOutAnswers } from './held-out'
import { labelledRows, type LabelledRows } from './labelled-rows'
import { selfTrainingOf } from './self-training'
import { findStarts, isTaught, judgePack, type Start } from './starts'
import { recordAnswers } from './strategy'
import { bestTrial, isSingle, takesHead, trainingOf, tryStarts, type Way } from './start-trial'
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
  const best = bestStart(starts, labelled, model.classes, few)
  const tryable = input.part === 'head' ? [] : contenders(starts, best, labelled)
  const self = selfTrainingOf(tryable.find(isTaught) ?? tryable[0], labelled, input)
  const trials = await tryStarts(tryable, self, labelled, input)
  const trial = bestTrial(trials, input.part, model.classes)
  const way: Way = trial ?? { starts: [best], self: undefined }
  const [start = best] = way.starts
  const combined = !isSingle(way)
  const solved = trial === undefined || takesHead(trial, input.part)
  const outcome = { starts, trials, trial, start, solved }
  const { steps, learningRate } = trainingOf(start, input)
  // Before the strategy, which says how many steps were reused.
  const weights = combined
    ? await combinedWeights(way, labelled, input)
    : solved
      ? withHead(start, model)
      : start.weights()
  return {
    start: weights,
    strategy: {
      ...{ version: 1, pooling: input.pooling, batch: trialBatch, learningRate },
      steps: solved || combined ? 0 : steps,
      combined: combined ? combinedOf(way, input) : [],
      reusedSteps: model.pace.reused,
      training: [...methodsOf(way)],
      prediction: [...input.prediction],
      candidates: candidatesOf(outcome, labelled, model.classes),
      reason: `${reasonOf(outcome, input, verdict?.sentence)}${reusedSentence(model)}`,
      heldOut: recordAnswers(solved ? answersOfHead(start, labelled) : trial.answers),
    },
  }
}

/** Why such a run took less time than others. */
const reusedSentence = ({ pace: { reused } }: TrialModel): string =>
  reused === 0 ? '' : ` Another run had done ${counted(reused, 'step')} of this before.`

/** What of a pack a way builds on, as a recipe lists it: a start's lessons begin with those of others. */
const methodsOf = ({ starts }: Way): readonly TrainingMethod[] =>
  starts.map(({ methods }) => methods).toSorted((one, other) => other.length - one.length)[0] ?? []

/** The weights of a start with the head that was solved on it. */
const withHead = ({ weights, fitted }: Start, { classes, width }: TrialModel) => [
  ...weights().filter((array) => !isOfHead(array)),
  ...headArrays(fitted.head, classes, width),
]

const answersOfHead = ({ fitted }: Start, { rows }: LabelledRows): HeldOutAnswers => ({
  rows,
  logits: Float32Array.from(fitted.heldOut),
  neighbours: [],
})
