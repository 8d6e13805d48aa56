import { softmaxRows } from '../../knowledge/softmax'
import type { SparseRows } from '../../knowledge/token-features'
import { labelledShare } from '../../knowledge/trial-lengths'
import { joinWords } from '../../knowledge/word-answers'
import { counted } from '../../platform/counted'
import type { NamedArray } from '../arrays'
import { joinContrasts, type TextsBehind } from './contrasts'
import { smoothed, type SoftLabels } from './soft-labels'
import type { TrialModel, TrialTraining } from './trial-model'

/** Weights to train from, and how. */
export interface TrainingStart {
  /** For a person. */
  readonly name: string
  /** Asked for when it begins: what is derived from others is held no longer than it is needed. */
  readonly weights: () => readonly NamedArray[]
  readonly training: TrialTraining
}

/** A training in words. */
export const trainingText = ({
  name,
  training: { steps, batch, learningRate },
}: Omit<TrainingStart, 'weights'>): string =>
  `“${name}” (${counted(steps, 'step')} of ${counted(batch, 'row')} at a rate of ${learningRate})`

/** What a training needs of a model. */
type Learner = Pick<TrialModel, 'classes' | 'assign' | 'learn'>

type Answerer = Pick<TrialModel, 'logits' | 'whileComputing'>

/**
 * All parameters, from the start with its own head: a head that were solved on the rows first would
 * leave the layers below nothing to learn.
 */
async function trainFrom(
  model: Learner,
  { weights, training }: TrainingStart,
  { rows, y, seed }: GoldRows,
): Promise<void> {
  model.assign(weights())
  await model.learn(smoothed(rows, y, model.classes), training, 1, seed)
}

/** A training on what a model answers for unlabelled rows, beside the labelled ones. */
export interface SelfTraining extends TrainingStart {
  /** Positions of rows without labels. */
  readonly unlabelled: Int32Array
  /** The same rows by their tokens. */
  readonly words: () => SparseRows
  /** What of some of them says what they mean, by the pack's contrasting words. */
  readonly behind: () => TextsBehind
}

/**
 * Self-training: the model as it is answers unlabelled rows, words alone join in, and what a pack
 * says of contrasts; one from the start learns these answers, as probabilities, together with the
 * labelled rows: also from rows that no piece of a pack speaks about (Xie et al. 2020, section 2; after
 * weak labels Karamanolakis et al. 2021, section 3).
 */
async function trainOnAnswers(
  model: Learner & Answerer,
  { weights, training, unlabelled, words, behind }: SelfTraining,
  { rows, y, seed, log }: GoldRows,
): Promise<void> {
  const { classes, whileComputing } = model
  const answers = await model.logits(unlabelled)
  const { logits, explained } = await joinWords(answers, words(), classes, whileComputing)
  log(
    `Its answers for unlabelled rows, joined with what words alone say: these explain ${Math.round(100 * explained)}% of them.`,
  )
  const times = (unlabelled.length * labelledShare) / (1 - labelledShare) / rows.length
  const labelled = smoothed(rows, y, classes)
  const parts = [
    withAnswers(unlabelled, await joinContrasts(model, logits, behind(), log), classes),
    ...Array.from({ length: Math.max(1, Math.round(times)) }, () => labelled),
  ]
  model.assign(weights())
  await model.learn(together(parts), training, 1, seed)
}

/** Rows with the probabilities that a model gives them. */
const withAnswers = (rows: Int32Array, logits: Float32Array, classes: number): SoftLabels => ({
  rows,
  distributions: Float32Array.from(softmaxRows(logits, classes)),
  weights: new Float32Array(rows.length).fill(1),
})

const together = (parts: readonly SoftLabels[]): SoftLabels => ({
  rows: Int32Array.from(parts.flatMap(({ rows }) => [...rows])),
  distributions: Float32Array.from(parts.flatMap(({ distributions }) => [...distributions])),
  weights: Float32Array.from(parts.flatMap(({ weights }) => [...weights])),
})

/** Trainings, one after the other. */
export interface Plan {
  readonly starts: readonly TrainingStart[]
  /** Whether the mean of the weights that came of the starts follows. */
  readonly average: boolean
  /** What follows then; undefined: nothing. */
  readonly self: SelfTraining | undefined
}

/** How many times a model comes of a plan: after each start, the mean, and the self-training. */
export const partsOf = ({ starts, average, self }: Plan): number =>
  starts.length + (average ? 1 : 0) + (self === undefined ? 0 : 1)

/** Steps of all trainings of a plan. */
export const stepsOf = ({ starts, self }: Plan): number =>
  starts.reduce((sum, { training }) => sum + training.steps, self?.training.steps ?? 0)

/** Steps with all labelled rows that may follow the trial of a plan: those of what it combines. */
export const stepsAfter = (plan: Plan): number =>
  plan.average || plan.self !== undefined ? stepsOf(plan) : 0

/** Labelled rows that trainings learn from, and how these are followed. */
export interface GoldRows {
  /** Positions of labelled rows, and their classes. */
  readonly rows: Int32Array
  readonly y: Int32Array
  readonly seed: number
  readonly log: (sentence: string) => void
  /** Awaited after each part, while the model is what came of it. */
  readonly after: () => Promise<void>
}

/**
 * Trains from each start, takes the mean of the weights where that is asked for, and goes on with the
 * self-training where there is one; the model is what came last. All layers begin with the same
 * pre-trained weights, so that they may be averaged, and what one start taught wrongly the others
 * dampen (model soups; Wortsman et al. 2022, section 3). Whether that helps, held-out rows tell.
 */
export async function carryOut(
  model: Learner & Answerer & Pick<TrialModel, 'eachWeight'>,
  { starts, average, self }: Plan,
  lesson: GoldRows,
): Promise<void> {
  const { log, after } = lesson
  await trainStarts(model, starts, average, lesson)
  if (self === undefined) return
  log(`Self-training from ${trainingText(self)} with ${self.unlabelled.length} unlabelled rows.`)
  await trainOnAnswers(model, self, lesson)
  await after()
}

/** Apart from what follows, so that the mean is held no longer than it is needed. */
async function trainStarts(
  model: Learner & Pick<TrialModel, 'eachWeight'>,
  starts: readonly TrainingStart[],
  average: boolean,
  lesson: GoldRows,
): Promise<void> {
  const mean = average ? new MeanWeights(starts.length) : undefined
  for (const start of starts) {
    lesson.log(`Training from ${trainingText(start)}.`)
    await trainFrom(model, start, lesson)
    mean?.add(model.eachWeight())
    await lesson.after()
  }
  if (mean === undefined) return
  model.assign(mean.weights())
  await lesson.after()
}

/** The mean of a known number of weights; one copy is held, however many they are. */
export class MeanWeights {
  private readonly sums = new Map<string, NamedArray>()

  constructor(private readonly count: number) {}

  add(weights: Iterable<NamedArray>): void {
    for (const { name, shape, data } of weights) {
      const sum = this.sums.get(name)?.data
      if (sum === undefined) {
        this.sums.set(name, { name, shape, data: data.map((value) => value / this.count) })
      } else {
        data.forEach((value, at) => {
          sum[at] = (sum[at] ?? 0) + value / this.count
        })
      }
    }
  }

  weights(): readonly NamedArray[] {
    return [...this.sums.values()]
  }
}
