import { leastJudged } from './agreement'
import type { ChoiceInput } from './choice'
import { labelledRows } from './labelled-rows'
import { selfTrainingOf } from './self-training'
import { enoughToTell, foldsUsed } from './held-out'
import { lessonsText, type PackLesson } from './lessons'
import { trainingStart } from './start-trial'
import { isTaught } from './starts'
import { stepsAfter, stepsOf, type Plan } from './trainings'

/**
 * Steps that the trials of a choice are likely to train before it is known where they may start
 * from: as if the pack may teach the model. What it teaches is not among them.
 */
export function expectedSteps(input: Omit<ChoiceInput, 'model'>): number {
  if (input.part === 'head') return 0
  const labelled = labelledRows(input.data)
  const starts = expectedStarts(input, labelled.rows.length)
  const self = selfTrainingOf(starts.find(isTaught) ?? starts[0], labelled, {
    ...input,
    log: () => undefined,
  })
  const plan: Plan = {
    starts: starts.map((start) => trainingStart(start, input)),
    average: starts.length > 1 && input.mayCombine,
    self,
  }
  return foldsUsed * stepsOf(plan) + stepsAfter(plan)
}

function expectedStarts(
  { learned, mayTeach, knowledge }: Omit<ChoiceInput, 'model'>,
  labelled: number,
) {
  const start = (lessons: readonly PackLesson[]) => ({
    ...{ name: lessonsText(lessons), weights: () => [], lessons },
  })
  if (learned.length > 0) return [start(learned)]
  if (!mayTeach || knowledge === undefined) return [start([])]
  const taught = [start(['words']), start(['words', 'weak'])]
  if (labelled < leastJudged) return taught.slice(1)
  return labelled < enoughToTell ? taught : [start([]), ...taught]
}
