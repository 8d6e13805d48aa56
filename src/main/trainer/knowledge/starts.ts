import { tableRows } from '../../knowledge/table-rows'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import { agreementOf, neededAgreement, type Agreement } from './agreement'
import type { Knowledge } from './context'
import { packWords, type PackWords } from './pack-words'
import { fitHead, type FittedHead, type LinearHead } from './heads'
import { MeanWeights } from './trainings'
import { isOfHead, type TrialModel, type TrialTraining } from './trial-model'
import { classesSpoken, weakLabels } from './weak-labels'
import { afterStage, type Staged, type StageKey } from './pack-stage'

/** What a model may learn of a pack before it sees labelled rows. */
export type PackLesson = 'words' | 'weak'

/** Where a run may start from, and what a head on it is worth on labelled rows. */
export interface Start {
  readonly name: string
  readonly description: string
  /** What of the pack came before; empty: the model as it is. */
  readonly lessons: readonly PackLesson[]
  readonly weights: readonly NamedArray[]
  /** The head that the weights bring along; undefined: none that was trained. */
  readonly prior: LinearHead | undefined
  readonly fitted: FittedHead
}

/** Whether a pack has taught what lies below the head. */
export const isTaught = ({ lessons }: Pick<Start, 'lessons'>): boolean => lessons.length > 0

const lessonNames = { words: 'words', weak: 'weak labels' } as const

const list = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' })

/** Lessons as a start is named by them. */
export const lessonsText = (lessons: readonly PackLesson[]): string =>
  lessons.length === 0 ? 'pre-trained' : list.format(lessons.map((lesson) => lessonNames[lesson]))

export interface LabelledRows {
  readonly rows: Int32Array
  readonly y: Int32Array
}

/** The pack's words are learned gently, and its weak labels shortly: longer, and it is the lexicon. */
const lessons = {
  words: { steps: 250, batch: 32, learningRate: 5e-5 },
  weak: { steps: 60, batch: 16, learningRate: 5e-5 },
  /** Where there are no words, so that the model starts from nothing. */
  weakAlone: { steps: 60, batch: 16, learningRate: 1e-4 },
} as const satisfies Readonly<Record<string, TrialTraining>>

/** Passes over a pack's words, at most: a few of them are soon known. */
const mostPasses = 20

/** Least probability of a weak label. */
const confidence = 0.75

/** Whether a pack may teach a model, and why. */
export interface PackVerdict {
  readonly allowed: boolean
  readonly agreement: Agreement
  readonly sentence: string
}

/** Whether labelled rows let a pack teach a model; see `neededAgreement`. */
export function judgePack({ scores }: Knowledge, { rows, y }: LabelledRows): PackVerdict {
  const agreement = agreementOf(tableRows(scores, rows), y)
  const { judged, correct, z } = agreement
  const allowed = z > neededAgreement(judged)
  const share = `The pack agrees with ${correct} of the ${judged} labelled rows that it speaks about`
  const kappa = `κ = ${agreement.kappa.toFixed(2)}`
  const sentence = allowed
    ? `${share} (${kappa}).`
    : `${share} (${kappa}), no more than chance would: the model does not learn from it.`
  return { allowed, agreement, sentence }
}

/** A model that has learned something of a pack. */
interface Taught extends Pick<Start, 'name' | 'description' | 'lessons'> {
  readonly staged: Staged
}

/**
 * The model as it is (`learned`: it has learned of the pack already), and after what the pack may teach:
 * its words, then what it says of rows without labels, each also half way from the model as it is.
 */
export async function findStarts(
  model: TrialModel,
  data: Prepared,
  labelled: LabelledRows,
  knowledge: Knowledge | undefined,
  { key, seed, learned, log }: StartSettings,
): Promise<readonly Start[]> {
  const weights = model.weights()
  const judge = async (start: Omit<Start, 'fitted'>): Promise<Start> => {
    model.assign(start.weights)
    const features = await model.features(labelled.rows)
    const { width, classes } = model
    const fitted = fitHead({ features, width, y: labelled.y, classes, prior: start.prior }, seed)
    return { ...start, fitted }
  }
  const plain = await judge(
    learned.length > 0
      ? {
          ...{ name: lessonsText(learned), lessons: learned, weights, prior: model.head() },
          description: 'The model after what the recipe lists.',
        }
      : {
          ...{ name: lessonsText([]), lessons: [], weights, prior: undefined },
          description: 'The model as it was pre-trained.',
        },
  )
  if (knowledge === undefined) return [plain]
  const starts = [plain]
  for (const { staged, ...taught } of await teach(model, weights, { data, knowledge, key, log })) {
    model.assign(staged.weights)
    const own = { ...taught, weights: staged.weights, prior: model.head() }
    starts.push(await judge(own))
    starts.push(
      await judge({
        ...own,
        name: `${own.name}, half way`,
        description: `${own.description} The weights lie half way from those before.`,
        weights: between(weights, staged.weights),
      }),
    )
  }
  return starts
}

interface StartSettings {
  readonly key: StageKey
  readonly seed: number
  readonly learned: readonly PackLesson[]
  readonly log: (sentence: string) => void
}

interface Lessons extends Pick<StartSettings, 'key' | 'log'> {
  readonly data: Prepared
  readonly knowledge: Knowledge
}

/** What comes of the lessons that a pack has: of its words, and of its weak labels after them. */
async function teach(
  model: TrialModel,
  weights: readonly NamedArray[],
  { data, knowledge, key, log }: Lessons,
): Promise<readonly Taught[]> {
  const pretrained: Staged = { weights, stage: null }
  const texts = packWords(knowledge, data.tokenizer)
  const words =
    classesSpoken(texts.soft) < 2
      ? undefined
      : await learnWords(model, pretrained, { texts, key, log })
  const { soft, model: labelModel } = weakLabels(knowledge, data, {
    labelModel: 'auto',
    confidence,
  })
  const taught = words === undefined ? [] : [words]
  if (classesSpoken(soft) < 2) return taught
  const training = words === undefined ? lessons.weakAlone : lessons.weak
  const rows = `${training.steps} steps on ${soft.rows.length} rows that the pack labels (label model: ${labelModel})`
  log(`Weak labels: ${rows}.`)
  const stage = { soft, training, seed: 0 }
  const learned: readonly PackLesson[] = [...(words?.lessons ?? []), 'weak']
  const weak: Taught = {
    ...{ name: lessonsText(learned), lessons: learned },
    description: `${words === undefined ? 'First' : `${words.description} Then`} ${rows}.`,
    staged: await afterStage(model, words?.staged ?? pretrained, stage, key),
  }
  return [...taught, weak]
}

async function learnWords(
  model: TrialModel,
  pretrained: Staged,
  { texts, key, log }: Pick<Lessons, 'key' | 'log'> & { readonly texts: PackWords },
): Promise<Taught> {
  const { soft } = texts
  const { batch, steps } = lessons.words
  const passes = Math.ceil((mostPasses * soft.rows.length) / batch)
  const training = { ...lessons.words, steps: Math.min(steps, passes) }
  const rows = `${training.steps} steps on ${soft.rows.length} short texts of the pack's own words`
  log(`Words: ${rows}.`)
  return {
    ...{ name: lessonsText(['words']), lessons: ['words'] },
    description: `First ${rows}.`,
    staged: await afterStage(model, pretrained, { soft, texts, training, seed: 0 }, key),
  }
}

/**
 * The mean of two sets of weights: keeps more of what the model knew (Wortsman et al. 2022). A head
 * is that of the second alone, for the first has none.
 */
function between(one: readonly NamedArray[], other: readonly NamedArray[]): readonly NamedArray[] {
  const mean = new MeanWeights(2)
  for (const weights of [one, other]) mean.add(weights.filter((array) => !isOfHead(array)))
  return [...mean.weights(), ...other.filter(isOfHead)]
}
