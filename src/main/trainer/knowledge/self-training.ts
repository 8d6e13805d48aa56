import { someOf } from '../../knowledge/spread'
import { tokenFeatures } from '../../knowledge/token-features'
import {
  answerSteps,
  enoughToTell,
  mayLearnAnswers,
  selfTrained,
} from '../../knowledge/trial-lengths'
import { once } from '../../platform/once'
import type { Prepared } from '../prepare'
import type { ChoiceInput } from './choice'
import { textsBehind } from './contrasts'
import type { LabelledRows } from './labelled-rows'
import { farRate, trainingStart, type Way } from './start-trial'
import { isTaught, type Start } from './starts'
import { methodNamed } from './strategy'

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
  if (!mayCombine || from === undefined) return undefined
  if (!mayLearnAnswers(unlabelled.length, rows.length, isTaught(from))) {
    if (unlabelled.length > 0) input.log(notEnough(unlabelled.length, rows.length))
    return undefined
  }
  const start = trainingStart(from, input)
  const labelled = data.parts.train.length
  const steps = answerSteps(unlabelled.length, labelled, isTaught(from), input.mostSteps)
  const training = { ...start.training, steps, learningRate: farRate }
  const contrasts = isTaught(from) && !hasTriples(input) ? input.knowledge : undefined
  return {
    ...{ ...start, training, unlabelled },
    words: once(() => tokenFeatures(Array.from(unlabelled, tokensOf(data)))),
    behind: once(() => textsBehind(data, unlabelled, contrasts)),
  }
}

/** With triples a text is read with what the graph says of it, which what stands behind a word has not. */
const hasTriples = ({ knowledge }: Pick<ChoiceInput, 'knowledge'>): boolean => {
  const training = knowledge?.choice.training
  return typeof training === 'object' && methodNamed(training, 'triples') !== undefined
}

/** The tokens of a row; special ones, such as those between two texts, part their neighbours. */
const tokensOf =
  ({ tokens: { ids, starts }, tokenizer: { special } }: Pick<Prepared, 'tokens' | 'tokenizer'>) =>
  (row: number): Int32Array =>
    ids.subarray(starts[row], starts[row + 1]).map((id) => (special.has(id) ? -1 : id))

const notEnough = (unlabelled: number, labelled: number): string =>
  `No self-training: there are ${unlabelled} rows without a label (needed: ${selfTrained.least}, and three for each labelled row) and ${labelled} labelled ones (needed: ${selfTrained.leastLabelled} where a pack teaches first, ${enoughToTell} where none does).`
