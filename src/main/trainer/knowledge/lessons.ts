import { Weak, Words, type TrainingMethod } from '@shared/domain/knowledge'
import { counted } from '../../platform/counted'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import type { Knowledge } from './context'
import { afterStage, planStages, type PackStage, type Staged } from './pack-stage'
import type { TrainingKey } from './training-key'
import { packWords } from './pack-words'
import type { TrialModel, TrialTraining } from './trial-model'
import { classesSpoken, weakLabels, type WeakSettings } from './weak-labels'

/** What a model may learn of a pack before it sees labelled rows. */
export type PackLesson = 'words' | 'weak'

const lessonNames = { words: 'words', weak: 'weak labels' } as const

const list = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' })

/** Lessons as a start is named by them. */
export const lessonsText = (lessons: readonly PackLesson[]): string =>
  lessons.length === 0 ? 'pre-trained' : list.format(lessons.map((lesson) => lessonNames[lesson]))

/** How lessons are learned; those left out are not. */
export interface Lessons {
  /** Length and rate for so many texts of the pack's words. */
  readonly words?: ((texts: number) => TrialTraining) | undefined
  readonly weak?: WeakLesson | undefined
  readonly seed: number
}

interface WeakLesson extends Pick<WeakSettings, 'labelModel' | 'confidence'> {
  /** Its length and rate, by whether the pack's words were learned before. */
  readonly training: (afterWords: boolean) => TrialTraining
}

export interface Teaching {
  /** What came of each lesson, in their order. */
  readonly taught: readonly Taught[]
  /** What was learned, and what could not be. */
  readonly sentences: readonly string[]
}

/** A model after lessons. */
export interface Taught {
  readonly lessons: readonly PackLesson[]
  /** The same as a recipe lists them. */
  readonly methods: readonly TrainingMethod[]
  readonly description: string
  readonly weights: readonly NamedArray[]
}

export interface LessonInput {
  readonly data: Prepared
  readonly knowledge: Knowledge
  readonly key: TrainingKey
  readonly log: (sentence: string) => void
  /** Told why a lesson is left out. */
  readonly leftOut: (sentence: string) => void
}

interface PlannedStage {
  readonly method: Extract<TrainingMethod, { readonly use: PackLesson }>
  readonly stage: PackStage
  /** In words, without the steps. */
  readonly learned: string
}

/**
 * Teaches a model what a pack says of its own words, then what it says of rows; what tells no classes
 * apart is left out. Gold labels take no part.
 *
 * @param from weights to begin with; not asked for where there is nothing to learn
 */
export async function teach(
  model: TrialModel,
  from: () => readonly NamedArray[],
  lessons: Lessons,
  input: LessonInput,
): Promise<Teaching> {
  const { key, log, leftOut } = input
  const wanted = plan(lessons, input)
  const sentences = wanted.filter((one) => typeof one === 'string')
  sentences.forEach(leftOut)
  const planned = wanted.filter((one) => typeof one !== 'string')
  if (planned.length === 0) return { taught: [], sentences }
  const stages = planned.map(({ stage }) => stage)
  const cached = await planStages(model, stages, key)
  const taught: Taught[] = []
  let staged: Staged = { weights: from(), stage: null }
  for (const [at, { method, stage, learned }] of planned.entries()) {
    const text = `${counted(stage.training.steps, 'step')} on ${learned}`
    const sentence = `Lesson of the pack: ${text}`
    log(`${sentence}${cached[at] === true ? ', from the cache' : ''}.`)
    sentences.push(`${sentence}.`)
    staged = await afterStage(model, staged, stage, key, log)
    const before = taught.at(-1)
    taught.push({
      lessons: [...(before?.lessons ?? []), method.use],
      methods: [...(before?.methods ?? []), method],
      description: `${before === undefined ? 'First' : `${before.description} Then`} ${text}.`,
      weights: staged.weights,
    })
  }
  return { taught, sentences }
}

/** Stages to go through, or why one has nothing to teach. */
function plan(
  { words, weak, seed }: Lessons,
  input: LessonInput,
): readonly (PlannedStage | string)[] {
  const first = words && wordStage(words, seed, input)
  const second = weak && weakStage(weak, seed, input, typeof first === 'object')
  return [first, second].filter((stage) => stage !== undefined)
}

function wordStage(
  trainingFor: NonNullable<Lessons['words']>,
  seed: number,
  { knowledge, data }: LessonInput,
): PlannedStage | string {
  const texts = packWords(knowledge, data.tokenizer)
  const { soft } = texts
  if (classesSpoken(soft) < 2) {
    return `The pack's words are not learned: its lexicons of words and its rules make ${counted(soft.rows.length, 'text')}, which speak for fewer than two classes. Patterns and stems are no words.`
  }
  const training = trainingFor(soft.rows.length)
  return {
    method: Words.parse({ use: 'words', ...settingsOf(training) }),
    stage: { soft, texts, training, seed },
    learned: `${counted(soft.rows.length, 'short text')} of its words`,
  }
}

function weakStage(
  { labelModel, confidence, training: trainingFor }: WeakLesson,
  seed: number,
  { knowledge, data }: LessonInput,
  afterWords: boolean,
): PlannedStage | string {
  const { soft, model } = weakLabels(knowledge, data, { labelModel, confidence })
  if (classesSpoken(soft) < 2) {
    return `The pack's weak labels are not learned: it is sure about ${counted(soft.rows.length, 'row')}, which speak for fewer than two classes.`
  }
  const training = trainingFor(afterWords)
  return {
    method: Weak.parse({ use: 'weak', labelModel, confidence, ...settingsOf(training) }),
    stage: { soft, training, seed },
    learned: `${counted(soft.rows.length, 'row')} that it labels (label model: ${model})`,
  }
}

const settingsOf = ({ steps: maxSteps, batch, learningRate }: TrialTraining) => ({
  ...{ maxSteps, batch, learningRate },
})
