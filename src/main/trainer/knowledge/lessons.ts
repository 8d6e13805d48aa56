import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import type { Knowledge } from './context'
import { afterStage, planStages, type PackStage, type Staged, type StageKey } from './pack-stage'
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

/** A model after lessons. */
export interface Taught {
  readonly lessons: readonly PackLesson[]
  readonly description: string
  readonly weights: readonly NamedArray[]
}

export interface LessonInput {
  readonly data: Prepared
  readonly knowledge: Knowledge
  readonly key: StageKey
  readonly log: (sentence: string) => void
}

interface PlannedStage {
  readonly lesson: PackLesson
  readonly stage: PackStage
  /** In words, without the steps. */
  readonly learned: string
}

/**
 * Teaches a model what a pack says of its own words, then what it says of rows; what has nothing to
 * tell classes apart is left out. Gold labels take no part. Returns what came of each lesson.
 */
export async function teach(
  model: TrialModel,
  lessons: Lessons,
  input: LessonInput,
): Promise<readonly Taught[]> {
  const planned = plan(lessons, input)
  const { key, log } = input
  await planStages(
    model,
    planned.map(({ stage }) => stage),
    key,
  )
  const taught: Taught[] = []
  let staged: Staged = { weights: model.weights(), stage: null }
  for (const { lesson, stage, learned } of planned) {
    const text = `${stage.training.steps} steps on ${learned}`
    log(`The model learns of the pack: ${text}.`)
    staged = await afterStage(model, staged, stage, key)
    const before = taught.at(-1)
    taught.push({
      lessons: [...(before?.lessons ?? []), lesson],
      description: `${before === undefined ? 'First' : `${before.description} Then`} ${text}.`,
      weights: staged.weights,
    })
  }
  return taught
}

function plan({ words, weak, seed }: Lessons, input: LessonInput): readonly PlannedStage[] {
  const first = words && wordStage(words, seed, input)
  const second = weak && weakStage(weak, seed, input, first !== undefined)
  return [first, second].filter((stage) => stage !== undefined)
}

function wordStage(
  training: NonNullable<Lessons['words']>,
  seed: number,
  { knowledge, data }: LessonInput,
): PlannedStage | undefined {
  const texts = packWords(knowledge, data.tokenizer)
  const { soft } = texts
  if (classesSpoken(soft) < 2) return undefined
  return {
    lesson: 'words',
    stage: { soft, texts, training: training(soft.rows.length), seed },
    learned: `${soft.rows.length} short texts of its words`,
  }
}

function weakStage(
  { labelModel, confidence, training }: WeakLesson,
  seed: number,
  { knowledge, data }: LessonInput,
  afterWords: boolean,
): PlannedStage | undefined {
  const { soft, model } = weakLabels(knowledge, data, { labelModel, confidence })
  if (classesSpoken(soft) < 2) return undefined
  return {
    lesson: 'weak',
    stage: { soft, training: training(afterWords), seed },
    learned: `${soft.rows.length} rows that it labels (label model: ${model})`,
  }
}
