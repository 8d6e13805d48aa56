import { someOf } from '../../knowledge/spread'
import type { Prepared } from '../prepare'
import type { ChoiceInput } from './choice'
import { textsBehind, type TextsBehind } from './contrasts'
import { enoughToTell } from './held-out'
import type { LabelledRows } from './labelled-rows'
import { farRate, trainingStart, trialBatch, type Way } from './start-trial'
import { isTaught, type Start } from './starts'
import { selfTrainingSteps, sufficesFor } from './trainings'

/** Unlabelled rows whose answers are learned, at most, and labelled ones that they come from, at least. */
const selfTrained = { most: 5000, leastLabelled: 32, least: 200 } as const

/**
 * Where there are rows without labels, and more of them than labelled ones, a model's own answers for
 * these may be learned, from a start; with few labelled rows only where a pack taught that.
 */
export function selfTrainingOf(
  from: Pick<Start, 'name' | 'weights' | 'lessons'> | undefined,
  { rows }: LabelledRows,
  input: Omit<ChoiceInput, 'model'>,
): Way['self'] {
  const { data, mayCombine } = input
  const unlabelled = someOf(data.parts.unlabelled, selfTrained.most)
  const isEnough =
    unlabelled.length >= selfTrained.least &&
    rows.length >= selfTrained.leastLabelled &&
    sufficesFor(unlabelled.length, rows.length)
  if (!mayCombine || from === undefined) return undefined
  if (!isEnough || (rows.length < enoughToTell && !isTaught(from))) {
    if (unlabelled.length > 0) input.log(notEnough(unlabelled.length, rows.length))
    return undefined
  }
  const start = trainingStart(from, input)
  const onePass = selfTrainingSteps(unlabelled.length, trialBatch)
  const steps = Math.min(Math.max(onePass, start.training.steps), input.mostSteps ?? Infinity)
  const training = { ...start.training, steps, learningRate: farRate }
  const behind = (): TextsBehind =>
    textsBehind(data, unlabelled, isTaught(from) ? input.knowledge : undefined)
  return { ...start, training, unlabelled, tokensOf: tokensOf(data), behind }
}

/** Without those that stand in every text. */
const tokensOf =
  ({ tokens: { ids, starts }, tokenizer: { special } }: Pick<Prepared, 'tokens' | 'tokenizer'>) =>
  (row: number): Int32Array =>
    ids.subarray(starts[row], starts[row + 1]).filter((id) => !special.has(id))

const notEnough = (unlabelled: number, labelled: number): string =>
  `No self-training: there are ${unlabelled} rows without a label (needed: ${selfTrained.least}, and three for each labelled row) and ${labelled} labelled ones (needed: ${selfTrained.leastLabelled} where a pack teaches first, ${enoughToTell} where none does).`
