import { tableRows } from '../../knowledge/table-rows'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import { agreementOf, neededAgreement, type Agreement } from './agreement'
import type { Knowledge } from './context'
import { fitHead, type FittedHead, type LinearHead } from './heads'
import { MeanWeights } from './trainings'
import { isOfHead, type TrialModel, type TrialTraining } from './trial-model'
import { classesSpoken, weakLabels } from './weak-labels'
import { planStages, weakStart, type StageKey } from './weak-stage'

/** Where a run may start from, and what a head on it is worth on labelled rows. */
export interface Start {
  readonly name: string
  readonly description: string
  readonly weak: boolean
  readonly weights: readonly NamedArray[]
  /** The head that the weights bring along; undefined: none that was trained. */
  readonly prior: LinearHead | undefined
  readonly fitted: FittedHead
}

export interface LabelledRows {
  readonly rows: Int32Array
  readonly y: Int32Array
}

/** Weak labels are learned shortly: what is learned longer than this is the lexicon, word by word. */
const variants: readonly { readonly name: string; readonly training: TrialTraining }[] = [
  { name: 'short', training: { steps: 60, batch: 16, learningRate: 1e-4 } },
  { name: 'gentle', training: { steps: 120, batch: 16, learningRate: 5e-5 } },
]

/** Least probability of a weak label. */
const confidence = 0.75

/** Whether a pack may give weak labels, and why. */
export interface WeakVerdict {
  readonly allowed: boolean
  readonly agreement: Agreement
  readonly sentence: string
}

/** Whether labelled rows let a pack give weak labels; see `neededAgreement`. */
export function judgeWeakLabels({ scores }: Knowledge, { rows, y }: LabelledRows): WeakVerdict {
  const agreement = agreementOf(tableRows(scores, rows), y)
  const { judged, correct, z } = agreement
  const allowed = z > neededAgreement(judged)
  const share = `The pack agrees with ${correct} of the ${judged} labelled rows that it speaks about`
  const kappa = `κ = ${agreement.kappa.toFixed(2)}`
  const sentence = allowed
    ? `${share} (${kappa}).`
    : `${share} (${kappa}), no more than chance would: its weak labels are not used.`
  return { allowed, agreement, sentence }
}

/**
 * The model as it is (`learned`: it has learned weak labels already), and after weak labels where
 * the pack may give them.
 */
export async function findStarts(
  model: TrialModel,
  data: Prepared,
  labelled: LabelledRows,
  knowledge: Knowledge | undefined,
  {
    key,
    seed,
    learned,
    log,
  }: {
    readonly key: StageKey
    readonly seed: number
    readonly learned: boolean
    readonly log: (sentence: string) => void
  },
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
    learned
      ? {
          name: 'weak labels',
          description: 'The model after the weak labels that the recipe lists.',
          ...{ weak: true, weights, prior: model.head() },
        }
      : {
          name: 'pre-trained',
          description: 'The model as it was pre-trained.',
          ...{ weak: false, weights, prior: undefined },
        },
  )
  if (knowledge === undefined) return [plain]
  const { soft, model: labelModel } = weakLabels(knowledge, data, {
    labelModel: 'auto',
    confidence,
  })
  if (classesSpoken(soft) < 2) return [plain]
  const starts = [plain]
  const stages = variants.map(({ name, training }) => ({ name, soft, training, seed: 0 }))
  await planStages(model, stages, key)
  for (const { name, ...stage } of stages) {
    const { training } = stage
    log(`Weak labels, ${name}: ${training.steps} steps on ${soft.rows.length} rows.`)
    const adapted = await weakStart(model, weights, stage, key)
    const description = `First ${training.steps} steps on ${soft.rows.length} rows that the pack labels (label model: ${labelModel}).`
    model.assign(adapted)
    const own = { description, weak: true, prior: model.head() }
    starts.push(await judge({ ...own, name: `weak labels, ${name}`, weights: adapted }))
    const halfway = {
      name: `weak labels, ${name}, half way`,
      description: `${description} The weights lie half way from those before.`,
      weights: between(weights, adapted),
    }
    starts.push(await judge({ ...own, ...halfway }))
  }
  return starts
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
