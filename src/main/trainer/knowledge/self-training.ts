import type { ChoiceInput } from './choice'
import { enoughToTell } from './held-out'
import type { LabelledRows } from './labelled-rows'
import { someOf } from './spread'
import { farRate, trainingStart, trialBatch, type Way } from './start-trial'
import { isTaught, type Start } from './starts'
import { selfTrainingSteps, sufficesFor, type SelfTraining } from './trainings'

/** Unlabelled rows whose answers are learned, at most, and labelled ones that they come from, at least. */
const selfTrained = { most: 6000, mostTried: 2000, leastLabelled: 32, least: 200 } as const

/** Unlabelled rows to a labelled one, at most, where there are more than a trial takes. */
const mostShare = 24

/**
 * Where there are rows without labels, and more of them than labelled ones, a model's own answers for
 * these may be learned, from a start; with few labelled rows only where a pack taught that.
 */
export function selfTrainingOf(
  from: Learner | undefined,
  { rows }: LabelledRows,
  input: Omit<ChoiceInput, 'model'>,
): Way['self'] {
  const { data, mayCombine } = input
  const unlabelled = someOf(data.parts.unlabelled, selfTrained.mostTried)
  const isEnough =
    unlabelled.length >= selfTrained.least &&
    rows.length >= selfTrained.leastLabelled &&
    sufficesFor(unlabelled.length, rows.length)
  if (!mayCombine || from === undefined) return undefined
  if (!isEnough || (rows.length < enoughToTell && !isTaught(from))) {
    if (unlabelled.length > 0) input.log(notEnough(unlabelled.length, rows.length))
    return undefined
  }
  return selfTraining(from, unlabelled, input)
}

/**
 * The same with more of the rows without labels: what a trial shows of some of them, all of them teach
 * better. With few labelled rows there are no more, for each of these would be seen too often beside.
 */
export function selfTrainingOnMore(
  from: Learner,
  { rows }: LabelledRows,
  input: Omit<ChoiceInput, 'model'>,
): SelfTraining {
  const most = Math.max(selfTrained.mostTried, Math.min(selfTrained.most, mostShare * rows.length))
  return selfTraining(from, someOf(input.data.parts.unlabelled, most), input)
}

type Learner = Pick<Start, 'name' | 'weights' | 'lessons'>

function selfTraining(
  from: Learner,
  unlabelled: Int32Array,
  input: Omit<ChoiceInput, 'model'>,
): SelfTraining {
  const start = trainingStart(from, input)
  const onePass = selfTrainingSteps(unlabelled.length, trialBatch)
  const steps = Math.min(Math.max(onePass, start.training.steps), input.mostSteps ?? Infinity)
  return { ...start, training: { ...start.training, steps, learningRate: farRate }, unlabelled }
}

const notEnough = (unlabelled: number, labelled: number): string =>
  `${unlabelled} rows without a label are not self-trained on beside ${labelled} labelled ones: that takes ${selfTrained.least} of them or more, three times as many as labelled ones, and of these ${selfTrained.leastLabelled} where a pack teaches first, ${enoughToTell} without.`
