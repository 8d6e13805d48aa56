import { trialLengths } from '../../knowledge/trial-lengths'
import type { ChoiceInput } from './choice'

/**
 * Steps that the trials of a choice are likely to train before it is known where they may start
 * from: as if the pack may teach the model. What it teaches is not among them.
 */
export function expectedSteps({ data: { parts }, ...input }: Omit<ChoiceInput, 'model'>): number {
  if (input.part === 'head') return 0
  const { steps, after } = trialLengths({
    labelled: parts.train.length,
    unlabelled: parts.unlabelled.length,
    teaching: input.learned.length > 0 ? 'listed' : input.mayTeach ? 'auto' : 'none',
    mayCombine: input.mayCombine,
    most: input.mostSteps,
  })
  return steps + after
}
