import {
  predictionMethodSchema,
  trainingMethodSchema,
  type KnowledgePack,
  type PackContent,
  type PredictionMethodName,
  type TrainingMethodName,
} from '@shared/domain'
import type { YamlValue } from './document'

type Step = { readonly add: number } | { readonly times: number }

/** How a field of a method is asked for. */
export type MethodFieldKind =
  | {
      readonly kind: 'number'
      readonly step: Step
      readonly min: number
      readonly max?: number
      /** What an empty field means: left to the fit, or no limit; absent where it cannot be empty. */
      readonly empty?: 'auto' | 'none'
    }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'switch' }

export type MethodName = TrainingMethodName | PredictionMethodName
export type Side = 'training' | 'prediction'

const share = { kind: 'number', step: { add: 0.05 }, min: 0, max: 1 } as const
const weight = { kind: 'number', step: { times: 2 }, min: 0, max: 100 } as const
const count = { kind: 'number', step: { add: 1 }, min: 1 } as const
const rate = { kind: 'number', step: { times: 1.25 }, min: 0 } as const
const steps = { kind: 'number', step: { add: 50 }, min: 1 } as const
const yes = { kind: 'switch' } as const

type Fields = Readonly<Record<string, MethodFieldKind>>

/** The fields of each method, by their path inside it, in the order in which a person decides. */
export const methodFields: Readonly<Record<MethodName, Fields>> = {
  pretrain: {
    on: { kind: 'choice', options: ['both', 'corpus', 'rows'] },
    epochs: { kind: 'number', step: { add: 1 }, min: 0 },
    maxSteps: { ...steps, empty: 'none' },
    learningRate: rate,
    batch: count,
    maskRate: { ...share, min: 0.01, max: 0.9 },
    wholeWord: yes,
    domainTerms: { kind: 'number', step: { add: 1 }, min: 1, max: 20 },
  },
  vocabulary: { most: { kind: 'number', step: { add: 100 }, min: 1, max: 10_000 } },
  features: { gate: yes },
  words: { maxSteps: steps, batch: count, learningRate: rate },
  weak: {
    labelModel: {
      kind: 'choice',
      options: ['auto', 'majority', 'dawid-skene', 'generative', 'triplet'],
    },
    when: { kind: 'choice', options: ['first', 'together'] },
    maxSteps: steps,
    batch: count,
    learningRate: rate,
    confidence: share,
    weight,
  },
  distill: {
    lambda: { ...weight, empty: 'auto' },
    'imitation.start': share,
    'imitation.end': share,
    unlabelled: yes,
  },
  expectations: {
    weight,
    temperature: { kind: 'number', step: { add: 0.1 }, min: 0.1, max: 10 },
  },
  rationales: { penalty: weight, reward: weight },
  triples: {
    perEntity: { ...count, max: 10 },
    mostTokens: { kind: 'number', step: { add: 16 }, min: 1, max: 512 },
  },
  invariances: { weight, augment: share },
  posterior: { lambda: { ...weight, empty: 'auto' } },
  neighbours: {
    k: { ...count, max: 1000 },
    temperature: { kind: 'number', step: { times: 1.25 }, min: 0.01 },
    weight: { ...share, empty: 'auto' },
  },
  'prior-shift': {
    to: { kind: 'choice', options: ['stated', 'estimated'] },
    weight: { ...share, empty: 'auto' },
  },
  calibration: {},
  'hard-rules': {},
  abstain: { below: share },
  conformal: { coverage: { ...share, min: 0.5, max: 0.999 } },
}

export const trainingMethods: readonly TrainingMethodName[] = [
  'words',
  'weak',
  'features',
  'distill',
  'expectations',
  'rationales',
  'triples',
  'invariances',
  'pretrain',
  'vocabulary',
]

export const predictionMethods: readonly PredictionMethodName[] = [
  'posterior',
  'neighbours',
  'prior-shift',
  'calibration',
  'hard-rules',
  'abstain',
  'conformal',
]

export const methodsOf = (side: Side): readonly MethodName[] =>
  side === 'training' ? trainingMethods : predictionMethods

/** A method with every default filled in. */
export const defaultMethod = (side: Side, use: MethodName): unknown =>
  (side === 'training' ? trainingMethodSchema : predictionMethodSchema).parse({ use })

/** A part of a pack that a method feeds on. */
export type PackPart =
  'pieces' | 'corpus' | 'vocabulary' | 'shares' | 'rationales' | 'triples' | 'invariances' | 'hard'

const needs: Readonly<Partial<Record<MethodName, PackPart>>> = {
  words: 'pieces',
  weak: 'pieces',
  features: 'pieces',
  distill: 'pieces',
  posterior: 'pieces',
  vocabulary: 'vocabulary',
  expectations: 'shares',
  rationales: 'rationales',
  triples: 'triples',
  invariances: 'invariances',
  'hard-rules': 'hard',
}

/** The part that a pack would need for a method to do anything; null where it has it. */
export function missingPart(
  use: MethodName,
  { counts }: Pick<KnowledgePack, 'counts'>,
  content: PackContent | null,
): PackPart | null {
  const part = needs[use]
  if (part === undefined) return null
  const has = (): boolean => {
    switch (part) {
      case 'pieces':
        return counts.terms + counts.rules > 0
      case 'corpus':
        return counts.corpusLines > 0
      case 'vocabulary':
        return counts.vocabulary > 0
      case 'rationales':
        return counts.rationales > 0
      case 'triples':
        return counts.triples > 0
      case 'shares':
        return content === null || Object.keys(content.priors?.shares ?? {}).length > 0
      case 'invariances':
        return content === null || content.invariances !== null
      case 'hard':
        return content === null || content.rules.some((rule) => rule.hard)
    }
  }
  return has() ? null : part
}

/** The methods that a pack has something for. */
export const usefulMethods = (
  side: Side,
  pack: Pick<KnowledgePack, 'counts'>,
  content: PackContent | null,
): readonly MethodName[] =>
  methodsOf(side).filter((use) => missingPart(use, pack, content) === null)

/** What is written when a method is chosen: its name, the rest by default. */
export const bareMethod = (use: MethodName): YamlValue => ({ use })
