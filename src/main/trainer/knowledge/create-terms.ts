import { GraftError } from '@shared/errors'
import type { TaskKind } from '@shared/domain/dataset'
import type { TrainingMethod } from '@shared/domain/knowledge'
import { createRandom } from '../../platform/random'
import { labelResolver } from '../../knowledge/pack-labels'
import { pieceWeights } from '../../knowledge/piece-weights'
import type { Prepared } from '../prepare'
import { answersOf, type Answers } from './answers'
import { textChanger } from './augment'
import type { Knowledge } from './context'
import {
  consistency,
  distillation,
  expectations,
  weakLabels,
  type Ingredient,
  type Settings,
} from './ingredients'
import { rationaleFinder, rationaleTerms } from './rationales'
import type { SoftLabels } from './soft-labels'
import { sharesOf } from './stated-shares'
import { methodNamed } from './strategy'
import { TrainingTerms, type Rider, type TermParts } from './terms'
import { twinsOf } from './twins'
import { unlabelledBatches } from './unlabelled-batches'

/** What a run's knowledge does while it trains. */
export interface ChosenTraining {
  readonly knowledge: Knowledge
  /** The methods as they were chosen: none is left to chance. */
  readonly methods: readonly TrainingMethod[]
  /** What a label model makes of unlabelled rows, for weak labels beside the gold ones. */
  readonly weak?: SoftLabels | undefined
}

export interface TermsInput extends ChosenTraining {
  readonly data: Prepared
  readonly task: TaskKind
  readonly labels: readonly string[]
  /** Longest sequence in tokens. */
  readonly maxLength: number
  /** Rows of a batch. */
  readonly batch: number
  readonly totalSteps: number
  readonly seed: number
}

/** Tells the random numbers of attributions from others of the same seed. */
const stream = 0x72697468

/** Fewest unlabelled rows of a step: a mean over fewer says little of shares. */
const leastUnlabelled = 32

/**
 * The terms that a recipe's methods ask for; undefined where they ask for none. Throws recipe.invalid
 * where a method lacks what it needs of the pack or of the rows.
 */
export function createTerms(input: TermsInput): TrainingTerms | undefined {
  const { methods } = input
  const distill = methodNamed(methods, 'distill')
  const shares = methodNamed(methods, 'expectations')
  const rationales = methodNamed(methods, 'rationales')
  const invariances = methodNamed(methods, 'invariances')
  const weak = methodNamed(methods, 'weak')
  const together = weak?.when === 'together' ? weak : undefined
  const asked = [distill, shares, rationales, invariances, together]
  if (asked.every((one) => one === undefined)) return undefined
  const answers = answersOf(input.task, input.labels.length)
  const ingredients = [
    ...(distill === undefined ? [] : [distillIngredient(input, distill, answers)]),
    ...(shares === undefined ? [] : [expectationIngredient(input, shares, answers)]),
    ...(invariances === undefined ? [] : [consistency(invariances, answers)]),
  ]
  return new TrainingTerms({
    ingredients,
    riders: [
      ...unlabelledRider(input, ingredients),
      ...(together === undefined ? [] : [weakRider(input, together, answers)]),
    ],
    twins: invariances === undefined ? undefined : twinMaker(input, invariances),
    rationales: rationales === undefined ? undefined : rationalePrice(input, rationales, answers),
  })
}

const holdsIn =
  ({ targets }: Prepared) =>
  (row: number, label: number): boolean => {
    if (targets.kind === 'classes') return targets.values[row] === label
    return targets.kind === 'multi-label' && targets.values[row * targets.classes + label] === 1
  }

function distillIngredient(
  { knowledge, data, totalSteps }: TermsInput,
  settings: Settings<'distill'>,
  answers: Answers,
): Ingredient {
  const { compiled, scores } = knowledge
  const { lambda } = settings
  const judged = { rows: data.parts.train, holds: holdsIn(data), answers: answers.exclusive }
  const weights =
    lambda === 'auto' ? pieceWeights(compiled, scores, judged) : compiled.pieces.map(() => lambda)
  return distillation(settings, answers, scores, weights, totalSteps)
}

function expectationIngredient(
  input: TermsInput,
  settings: Settings<'expectations'>,
  answers: Answers,
): Ingredient {
  requireUnlabelled(input, 'expectations')
  const { knowledge, labels, task } = input
  const indexOf = labelResolver(labels, knowledge.choice.labels)
  const shares = sharesOf(knowledge.content.priors, indexOf, labels, task)
  return expectations(settings, answers, shares)
}

function unlabelledRider(
  { data, batch, seed }: TermsInput,
  ingredients: readonly Ingredient[],
): readonly Rider[] {
  const { unlabelled } = data.parts
  const terms = ingredients.flatMap((one) => one.unlabelled ?? [])
  if (terms.length === 0 || unlabelled.length === 0) return []
  const size = Math.max(batch, leastUnlabelled)
  return [{ rows: unlabelledBatches(unlabelled, size, seed), terms }]
}

function weakRider(input: TermsInput, settings: Settings<'weak'>, answers: Answers): Rider {
  const { weak, seed, task } = input
  if (task !== 'single-label') {
    throw invalid('weak', 'label models give each row one class, and this run has several a row')
  }
  requireUnlabelled(input, 'weak')
  if (weak === undefined || weak.rows.length === 0) {
    throw invalid('weak', 'no unlabelled row gets a label of enough confidence')
  }
  return {
    rows: unlabelledBatches(weak.rows, settings.batch, seed),
    terms: [weakLabels(settings, answers, weak)],
  }
}

function twinMaker(
  { knowledge, data, maxLength, seed }: TermsInput,
  settings: Settings<'invariances'>,
): TermParts['twins'] {
  const { invariances } = knowledge.content
  const change = invariances === null ? undefined : textChanger(invariances)
  if (change === undefined) {
    throw invalid('invariances', 'invariances.yaml of the pack allows no change of texts')
  }
  const { rows, tokens, tokenizer } = data
  const source = { rows, tokens, tokenizer, maxLength, change, share: settings.augment, seed }
  return (batch, step) => twinsOf(source, batch, step)
}

function rationalePrice(
  { knowledge, data, labels, seed }: TermsInput,
  { penalty, reward }: Settings<'rationales'>,
  answers: Answers,
): TermParts['rationales'] {
  const { rationales } = knowledge.content
  if (rationales.length === 0) throw invalid('rationales', 'the pack has no rationales.csv')
  const indexOf = labelResolver(labels, knowledge.choice.labels)
  const { tokenizer, tokens } = data
  const finder = rationaleFinder({
    ...{ rationales, indexOf, tokenizer, tokens },
    holds: holdsIn(data),
  })
  return rationaleTerms(finder, answers, { penalty, reward }, (row, step) => {
    const random = createRandom(seed, stream, step, row)
    return { part: random.next() / 2 ** 32, to: random.next() / 2 ** 32 }
  })
}

function requireUnlabelled({ data }: TermsInput, method: TrainingMethod['use']): void {
  if (data.parts.unlabelled.length > 0) return
  throw invalid(
    method,
    'the run has no unlabelled rows; add rows without a label or set data.trainRows',
  )
}

const invalid = (method: TrainingMethod['use'], why: string): GraftError =>
  new GraftError(
    'recipe.invalid',
    `knowledge.training: ${method} cannot be used: ${why}. Change that or leave the method out.`,
    { path: 'knowledge.training' },
  )
