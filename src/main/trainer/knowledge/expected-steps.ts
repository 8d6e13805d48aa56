import type { ChoiceInput } from './choice'
import { labelledRows, selfTrainingOf } from './choose'
import { enoughToTell, foldsUsed } from './held-out'
import { trainingStart } from './start-trial'
import { stepsAfter, stepsOf } from './trial-pace'
import type { Plan } from './trainings'

/**
 * Steps that the trials of a choice are likely to train before it is known where they may start
 * from: as if the pack may give weak labels. Learning these is not among them.
 */
export function expectedSteps(input: Omit<ChoiceInput, 'model'>): number {
  if (input.part === 'head') return 0
  const labelled = labelledRows(input.data)
  const starts = expectedStarts(input, labelled.rows.length)
  const self = selfTrainingOf(starts, labelled, { ...input, log: () => undefined })
  const plan: Plan = {
    starts: starts.map((start) => trainingStart(start, input)),
    average: starts.length > 1 && input.mayCombine,
    self,
  }
  return foldsUsed * stepsOf(plan) + stepsAfter(plan)
}

function expectedStarts(
  { learnedWeakLabels, mayUseWeakLabels, knowledge }: Omit<ChoiceInput, 'model'>,
  labelled: number,
) {
  const plain = { name: 'pre-trained', weights: [], weak: false }
  const weak = { name: 'weak labels', weights: [], weak: true }
  if (learnedWeakLabels) return [weak]
  if (!mayUseWeakLabels || knowledge === undefined) return [plain]
  return labelled < enoughToTell ? [weak] : [plain, weak]
}
