import type { TrialCandidate } from '@shared/domain/knowledge'
import type { ChoiceInput } from './choice'
import type { Knowledge } from './context'
import { differenceError } from './heads'
import {
  isSingle,
  outcomeOf,
  singleTrial,
  trainingStart,
  type Answered,
  type StartTrial,
} from './start-trial'
import type { LabelledRows } from './labelled-rows'
import { isTaught, type Start } from './starts'
import { trainingText } from './trainings'

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
 * Every head with its loss on all labelled rows, and every training with its loss on those that were
 * held out from it, beside the heads on the same rows. The error is that of the difference to the
 * first of its kind.
 */
export function candidatesOf(
  { starts, trials, trial, start, solved }: Tried,
  labelled: LabelledRows,
  classes: number,
): TrialCandidate[] {
  const [first] = starts
  const heads = starts.map((one): TrialCandidate => ({
    name: `head: ${one.name}`,
    description: `${one.description} Its layers stay; a head is solved on ${labelled.rows.length} labelled rows.`,
    loss: one.fitted.loss,
    accuracy: one.fitted.accuracy,
    error: differenceError(one.fitted.heldOut, (first ?? one).fitted.heldOut, labelled.y, classes),
    chosen: solved && one === start,
  }))
  const judged = trials.filter(({ y }) => y.length > 0)
  const reference = judged[0]?.whole
  const trainings = judged.flatMap((one) => {
    const { y, whole, head } = one
    const candidate = (answers: Answered, text: Described, chosen: boolean): TrialCandidate => ({
      ...text,
      loss: answers.loss,
      accuracy: answers.accuracy,
      error: differenceError(answers.logs, (reference ?? answers).logs, y, classes),
      chosen,
    })
    return [
      candidate(whole, described(one), !solved && one === trial),
      ...(head === undefined ? [] : [candidate(head, describedHead(one), solved && one === trial)]),
    ]
  })
  return [...heads, ...trainings]
}

type Described = Pick<TrialCandidate, 'name' | 'description'>

function described({ starts, self, y }: StartTrial): Described {
  const judged = `Judged on ${y.length} labelled rows that were held out.`
  const [only, ...others] = starts
  if (self !== undefined) {
    return {
      name: 'trial: self-trained',
      description: `From “${self.name}” all parameters are trained on the labelled rows and on what ${trainedFrom(starts.map(quoted))} answers for ${self.unlabelled.length} rows without labels. ${judged}`,
    }
  }
  return only !== undefined && others.length === 0
    ? {
        name: `trial: ${only.name}, all parameters`,
        description: `${only.description} Then all parameters are trained on the labelled rows. ${judged}`,
      }
    : {
        name: 'trial: averaged',
        description: `The weights are those of ${trainedFrom(starts.map(quoted))}. ${judged}`,
      }
}

const quoted = ({ name }: Start): string => `“${name}”`

/** A training, or the mean of several, in words. */
const trainedFrom = (from: readonly string[]): string =>
  `${from.length > 1 ? 'the mean of trainings' : 'the training'} from ${list.format(from)}`

const list = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' })

const describedHead = ({ starts: [start], y }: StartTrial): Described => ({
  name: `trial: ${start?.name ?? ''}, head`,
  description: `The head on frozen layers, judged on the same ${y.length} rows.`,
})

/** What the reason tells of a run's settings and rows. */
type ReasonInput = Pick<ChoiceInput, 'part' | 'mayTeach' | 'mostSteps'> & {
  readonly knowledge: Pick<Knowledge, 'choice'> | undefined
  readonly data: { readonly parts: { readonly train: Int32Array } }
}

/** Why it was taken, in a sentence or two for the log. */
export function reasonOf(tried: Tried, input: ReasonInput, verdict: string | undefined): string {
  const sentences = [knowledgeSentence(tried, input, verdict), trainedSentence(tried, input)]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

function knowledgeSentence(tried: Tried, input: ReasonInput, verdict: string | undefined): string {
  const { knowledge, mayTeach } = input
  if (knowledge === undefined) return ''
  if (typeof knowledge.choice.training !== 'string') {
    return 'In training: the methods that the recipe lists, as far as they have something to say.'
  }
  if (tried.starts.length > 1) return lessonSentence(tried, input)
  return mayTeach
    ? (verdict ?? 'The pack has too little to say to train on.')
    : 'Knowledge takes no part in training.'
}

function trainedSentence(tried: Tried, input: ReasonInput): string {
  const { trial, solved } = tried
  if (trial !== undefined && !isSingle(trial)) return combinedSentence(trial, tried, input)
  if (input.part !== null) return ''
  return solved
    ? 'A head on frozen layers was clearly better than training all parameters.'
    : 'All parameters are trained: a head on frozen layers was not clearly better.'
}

/** Which trainings were combined, how long they are and what comes of it. */
function combinedSentence(
  { starts, self, whole }: StartTrial,
  tried: Tried,
  input: ReasonInput,
): string {
  const trained = trainedFrom(starts.map((one) => trainingText(trainingStart(one, input))))
  const taken =
    self === undefined
      ? `The weights are those of ${trained}`
      : `What ${trained} answers for ${self.unlabelled.length} rows without labels is learned beside the labelled rows, from ${trainingText(self)}`
  const singles = tried.trials
    .filter(isSingle)
    .flatMap((one) => [one.whole.loss, one.head?.loss ?? Infinity])
  const best = Math.min(...singles).toFixed(3)
  return `${taken}: a loss of ${whole.loss.toFixed(3)} on held-out labelled rows. The best single training or head has ${best} there, which is not clearly better. This takes the place of the run's own steps.`
}

/** What the pack's lessons were worth, by what decided: trials with and without, or heads on them. */
function lessonSentence({ starts, trials, trial, start }: Tried, input: ReasonInput): string {
  const { part } = input
  const [plainTrial, taughtTrial] = [false, true].map((one) => singleTrial(trials, one, part))
  if (plainTrial !== undefined && taughtTrial !== undefined) {
    const [plain, taught] = [plainTrial, taughtTrial].map((one) =>
      outcomeOf(one, part).loss.toFixed(3),
    )
    const lessons = taughtTrial.starts[0]?.name ?? ''
    if (trial !== undefined && !isSingle(trial)) {
      return `On held-out labelled rows a single training or head has a loss of ${taught} after what the pack teaches (${lessons}), ${plain} without it.`
    }
    return isTaught(start)
      ? `What the pack teaches (${lessons}) lowered the loss on held-out labelled rows clearly, from ${plain} to ${taught}.`
      : `What the pack teaches (${lessons}) did not lower the loss on held-out labelled rows clearly: ${taught} after it, ${plain} without.`
  }
  const plain = (starts[0]?.fitted.loss ?? 0).toFixed(3)
  return isTaught(start)
    ? `After what the pack teaches (${start.name}) a head has a loss of ${start.fitted.loss.toFixed(3)} on held-out labelled rows, without it ${plain}.`
    : `What the pack teaches did not lower the loss of a head on held-out labelled rows (${plain} without it).`
}
