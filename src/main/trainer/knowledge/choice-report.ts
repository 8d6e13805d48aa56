import type { TrialCandidate } from '@shared/domain/knowledge'
import type { ChoiceInput } from './choice'
import { differenceError } from './heads'
import type { LabelledRows, Start } from './starts'
import { compareHead, type TrainedStart } from './trained-starts'

/** What was tried, and what of it was taken. */
interface Outcome {
  readonly starts: readonly Start[]
  readonly trained: readonly TrainedStart[]
  readonly start: Start
  /** Whether a solved head was taken rather than a training. */
  readonly solved: boolean
}

/** Every trial with its loss; the error is that of the difference to the first, or to the head. */
export function candidatesOf({
  starts,
  trained,
  start,
  solved,
  labelled,
  classes,
}: Outcome & {
  readonly labelled: LabelledRows
  readonly classes: number
}): TrialCandidate[] {
  const [first] = starts
  const heads = starts.map((one): TrialCandidate => ({
    name: `${one.name}, head`,
    description: `${one.description} Its layers stay; a head is solved on ${labelled.rows.length} labelled rows.`,
    loss: one.fitted.loss,
    accuracy: one.fitted.accuracy,
    error: differenceError(one.fitted.heldOut, (first ?? one).fitted.heldOut, labelled.y, classes),
    chosen: solved && one === start,
  }))
  const trainings = trained
    .filter(({ answers }) => answers.rows.length > 0)
    .map((one): TrialCandidate => ({
      name: `${one.start.name}, all parameters`,
      description: `${one.start.description} Then all parameters are trained on the labelled rows; judged on ${one.answers.rows.length} of them that were held out.`,
      loss: one.loss,
      accuracy: one.accuracy,
      error: compareHead(one.start, one, labelled, classes).error,
      chosen: !solved && one.start === start,
    }))
  return [...heads, ...trainings]
}

export function reasonOf({
  starts,
  trained,
  start,
  solved,
  part,
  mayUseWeakLabels,
  knowledge,
  verdict,
}: Outcome &
  Pick<ChoiceInput, 'part' | 'mayUseWeakLabels' | 'knowledge'> & {
    readonly verdict: string | undefined
  }): string {
  const listed = knowledge !== undefined && typeof knowledge.choice.training !== 'string'
  const from = listed
    ? 'Knowledge takes part in training as the recipe lists it.'
    : starts.length > 1
      ? weakSentence(starts, trained, start, solved)
      : mayUseWeakLabels && knowledge !== undefined
        ? (verdict ?? 'The pack labels too few rows to train on.')
        : 'Knowledge takes no part in training.'
  const rest =
    part !== null
      ? ''
      : solved
        ? ' A head on frozen layers was clearly better than training all parameters.'
        : ' All parameters are trained: a head on frozen layers was not clearly better.'
  return `${from}${rest}`
}

/** What weak labels were worth, by what decided: trainings from both starts, or heads on them. */
function weakSentence(
  starts: readonly Start[],
  trained: readonly TrainedStart[],
  start: Start,
  solved: boolean,
): string {
  const weakTrained = trained.find((one) => one.start.weak)
  const plainTrained = trained.find((one) => !one.start.weak)
  const byTraining = !solved && weakTrained !== undefined && plainTrained !== undefined
  const what = byTraining ? 'a training' : 'a head'
  const plain = byTraining ? plainTrained.loss : (starts[0]?.fitted.loss ?? 0)
  if (!start.weak)
    return `Weak labels did not clearly lower the loss of ${what} on held-out labelled rows (${plain.toFixed(3)} without them).`
  const weak = byTraining ? weakTrained.loss : start.fitted.loss
  return `After weak labels ${what} has a loss of ${weak.toFixed(3)} on held-out labelled rows, without them ${plain.toFixed(3)}.`
}
