import type { TrialCandidate } from '@shared/domain/knowledge'
import type { ChoiceInput } from './choice'
import { differenceError } from './heads'
import { outcomeOf, trainingOf, trialOf, type StartTrial } from './start-trial'
import type { LabelledRows, Start } from './starts'

/** What was tried, and what of it was taken. */
interface Tried {
  readonly starts: readonly Start[]
  readonly trials: readonly StartTrial[]
  /** The trial that decided; undefined: none was made. */
  readonly trial: StartTrial | undefined
  /** The start that was taken, or the first of those that were. */
  readonly start: Start
  /** Whether a solved head was taken rather than a training. */
  readonly solved: boolean
}

/**
 * Every trial with its loss; the error is that of the difference to the first head, to its own head,
 * or, of a mean, to the first training.
 */
export function candidatesOf(
  { starts, trials, trial, start, solved }: Tried,
  labelled: LabelledRows,
  classes: number,
): TrialCandidate[] {
  const [first] = starts
  const heads = starts.map((one): TrialCandidate => ({
    name: `${one.name}, head`,
    description: `${one.description} Its layers stay; a head is solved on ${labelled.rows.length} labelled rows.`,
    loss: one.fitted.loss,
    accuracy: one.fitted.accuracy,
    error: differenceError(one.fitted.heldOut, (first ?? one).fitted.heldOut, labelled.y, classes),
    chosen: solved && one === start,
  }))
  const trainings = trials
    .filter(({ y }) => y.length > 0)
    .map((one): TrialCandidate => ({
      ...described(one),
      loss: one.whole.loss,
      accuracy: one.whole.accuracy,
      error: one.error,
      chosen: !solved && one === trial,
    }))
  return [...heads, ...trainings]
}

function described({ starts, y }: StartTrial): Pick<TrialCandidate, 'name' | 'description'> {
  const judged = `judged on ${y.length} of them that were held out.`
  const [only, ...others] = starts
  return only !== undefined && others.length === 0
    ? {
        name: `${only.name}, all parameters`,
        description: `${only.description} Then all parameters are trained on the labelled rows; ${judged}`,
      }
    : {
        name: 'both, averaged',
        description: `The mean of the weights of trainings from ${starts.map(({ name }) => `“${name}”`).join(' and ')}; ${judged}`,
      }
}

/** Why it was taken, in a sentence or two for the log. */
export function reasonOf(tried: Tried, input: ChoiceInput, verdict: string | undefined): string {
  const { part, mayUseWeakLabels, knowledge } = input
  const listed = knowledge !== undefined && typeof knowledge.choice.training !== 'string'
  const from = listed
    ? 'Knowledge takes part in training as the recipe lists it.'
    : tried.starts.length > 1
      ? weakSentence(tried, input)
      : mayUseWeakLabels && knowledge !== undefined
        ? (verdict ?? 'The pack labels too few rows to train on.')
        : 'Knowledge takes no part in training.'
  const rest =
    part !== null
      ? ''
      : tried.solved
        ? ' A head on frozen layers was clearly better than training all parameters.'
        : ' All parameters are trained: a head on frozen layers was not clearly better.'
  return `${from}${rest}`
}

/** What weak labels were worth, by what decided: trials from both starts, or heads on them. */
function weakSentence({ starts, trials, trial, start }: Tried, input: ChoiceInput): string {
  const { part } = input
  const [plainTrial, weakTrial] = [trialOf(trials, false), trialOf(trials, true)]
  if (plainTrial !== undefined && weakTrial !== undefined) {
    const [plain, weak] = [plainTrial, weakTrial].map((one) => outcomeOf(one, part).loss.toFixed(3))
    if (trial !== undefined && trial.starts.length > 1) {
      const mean = outcomeOf(trial, part).loss.toFixed(3)
      const lengths = trial.starts
        .map((one) => ({ ...trainingOf(one, input), name: one.name }))
        .map(({ name, steps, batch, learningRate }) => {
          return `“${name}” (${steps} steps of ${batch} rows at a rate of ${learningRate})`
        })
      return `Trainings from ${lengths.join(' and ')} are averaged: a loss of ${mean} on held-out labelled rows, against ${weak} after weak labels and ${plain} without. They take the place of the run's own steps.`
    }
    return start.weak
      ? `Weak labels lowered the loss on held-out labelled rows clearly, from ${plain} to ${weak}.`
      : `Weak labels did not lower the loss on held-out labelled rows clearly: ${weak} after them, ${plain} without.`
  }
  const plain = (starts[0]?.fitted.loss ?? 0).toFixed(3)
  return start.weak
    ? `After weak labels a head has a loss of ${start.fitted.loss.toFixed(3)} on held-out labelled rows, without them ${plain}.`
    : `Weak labels did not lower the loss of a head on held-out labelled rows (${plain} without them).`
}
