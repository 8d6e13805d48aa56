import { tableRows } from '../../knowledge/table-rows'
import type { TrainingMethod } from '@shared/domain/knowledge'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import { agreementOf, neededAgreement, type Agreement } from './agreement'
import type { Knowledge } from './context'
import { lessonsText, teach, type Lessons, type PackLesson } from './lessons'
import type { TrainingKey } from './training-key'
import type { LabelledRows } from './labelled-rows'
import { fitHead, type FittedHead, type LinearHead } from './heads'
import { MeanWeights } from './trainings'
import { isOfHead, type TrialModel } from './trial-model'

/** Where a run may start from, and what a head on it is worth on labelled rows. */
export interface Start {
  readonly name: string
  readonly description: string
  /** What of the pack came before; empty: the model as it is. */
  readonly lessons: readonly PackLesson[]
  /** The same as a recipe lists them; empty where it does. */
  readonly methods: readonly TrainingMethod[]
  /** Derived anew each time where they lie between others: of five starts three are held. */
  readonly weights: () => readonly NamedArray[]
  /** The head that the weights bring along; undefined: none that was trained. */
  readonly prior: LinearHead | undefined
  readonly fitted: FittedHead
}

/** Whether a pack has taught what lies below the head. */
export const isTaught = ({ lessons }: Pick<Start, 'lessons'>): boolean => lessons.length > 0

/** Passes over a pack's words, at most: a few of them are soon known. */
const mostPasses = 20

const wordBatch = 32

/** The pack's words are learned gently, and its weak labels shortly: longer, and it is the lexicon. */
const lessons: Lessons = {
  words: (texts) => ({
    steps: Math.min(250, Math.ceil((mostPasses * texts) / wordBatch)),
    ...{ batch: wordBatch, learningRate: 5e-5 },
  }),
  weak: {
    ...{ labelModel: 'auto', confidence: 0.75 },
    training: (afterWords) => ({ steps: 60, batch: 16, learningRate: afterWords ? 5e-5 : 1e-4 }),
  },
  seed: 0,
}

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
  const before = model.weights()
  const weights = () => before
  const judge = async (start: Omit<Start, 'fitted'>): Promise<Start> => {
    model.assign(start.weights())
    const features = await model.features(labelled.rows)
    const { width, classes } = model
    const fitted = fitHead({ features, width, y: labelled.y, classes, prior: start.prior }, seed)
    return { ...start, fitted }
  }
  const plain = await judge(
    learned.length > 0
      ? {
          ...{ name: lessonsText(learned), lessons: learned, methods: [], weights },
          prior: model.head(),
          description: 'The model after what the recipe lists.',
        }
      : {
          ...{ name: lessonsText([]), lessons: [], methods: [], weights, prior: undefined },
          description: 'The model as it was pre-trained.',
        },
  )
  if (knowledge === undefined) return [plain]
  const starts = [plain]
  const input = { data, knowledge, key, log, leftOut: log }
  const teaching = await teach(model, weights, lessons, input)
  for (const taught of teaching.taught) {
    model.assign(taught.weights)
    const name = lessonsText(taught.lessons)
    const own = { ...taught, name, weights: () => taught.weights, prior: model.head() }
    starts.push(await judge(own))
    const halfway = {
      name: `${name}, half way`,
      description: `${taught.description} The weights lie half way between these and the model before.`,
      weights: () => between(before, taught.weights),
    }
    starts.push(await judge({ ...own, ...halfway }))
  }
  return starts
}

interface StartSettings {
  readonly key: TrainingKey
  readonly seed: number
  readonly learned: readonly PackLesson[]
  readonly log: (sentence: string) => void
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
