import { recipeSchema, type Recipe } from '@shared/domain'

/** How a field is asked for. */
export type FieldKind =
  | { readonly kind: 'number'; readonly step: Step; readonly min?: number; readonly max?: number }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'part' }
  | { readonly kind: 'every' }
  | { readonly kind: 'metric' }

type Step = { readonly add: number } | { readonly times: number }

export interface FieldSpec {
  readonly path: FieldPath
  readonly input: FieldKind
}

export interface SectionSpec {
  readonly name: SectionName
  readonly fields: readonly FieldSpec[]
  /** Closed until it is asked for. */
  readonly rare: boolean
}

export const sectionNames = ['data', 'training', 'optimizer', 'evaluation', 'more'] as const
export type SectionName = (typeof sectionNames)[number]

const count = (add = 1): FieldKind => ({ kind: 'number', step: { add }, min: 1 })
const share = (max = 1): FieldKind => ({ kind: 'number', step: { add: 0.05 }, min: 0, max })
const choice = (...options: readonly string[]): FieldKind => ({ kind: 'choice', options })

const paths = [
  'data.maxLength',
  'data.validation',
  'data.test',
  'data.trainRows',
  'train',
  'epochs',
  'batch.size',
  'optimizer.learningRate',
  'schedule.name',
  'schedule.warmup',
  'optimizer.name',
  'optimizer.weightDecay',
  'clip',
  'dropout',
  'evaluation.every',
  'evaluation.metric',
  'evaluation.patience',
  'loss.classWeights',
  'loss.labelSmoothing',
  'head.pooling',
  'maxSteps',
  'batch.accumulate',
  'batch.order',
  'optimizer.beta1',
  'optimizer.beta2',
  'precision',
  'seeds.data',
  'seeds.init',
  'seeds.dropout',
] as const

export type FieldPath = (typeof paths)[number]
export const fieldPaths: readonly FieldPath[] = paths

/** The form, in the order in which the recipe is read. */
export const sections: readonly SectionSpec[] = [
  {
    name: 'training',
    rare: false,
    fields: [
      { path: 'train', input: { kind: 'part' } },
      { path: 'epochs', input: count() },
      { path: 'batch.size', input: { kind: 'number', step: { times: 2 }, min: 1 } },
      { path: 'optimizer.learningRate', input: { kind: 'number', step: { times: 1.25 } } },
    ],
  },
  {
    name: 'data',
    rare: false,
    fields: [
      { path: 'data.maxLength', input: count(16) },
      { path: 'data.validation', input: share(0.9) },
      { path: 'data.test', input: share(0.9) },
      { path: 'data.trainRows', input: count(100) },
    ],
  },
  {
    name: 'evaluation',
    rare: false,
    fields: [
      { path: 'evaluation.every', input: { kind: 'every' } },
      { path: 'evaluation.metric', input: { kind: 'metric' } },
      { path: 'evaluation.patience', input: count() },
    ],
  },
  {
    name: 'optimizer',
    rare: false,
    fields: [
      {
        path: 'optimizer.name',
        input: choice('adamw', 'adam', 'sgd', 'momentum', 'lamb', 'lion', 'adafactor'),
      },
      {
        path: 'schedule.name',
        input: choice('linear', 'constant', 'cosine', 'one-cycle', 'inverse-sqrt', 'polynomial'),
      },
      { path: 'schedule.warmup', input: share(1_000_000) },
      {
        path: 'optimizer.weightDecay',
        input: { kind: 'number', step: { add: 0.01 }, min: 0, max: 1 },
      },
      { path: 'clip', input: { kind: 'number', step: { add: 0.5 }, min: 0.5 } },
    ],
  },
  {
    name: 'more',
    rare: true,
    fields: [
      { path: 'loss.classWeights', input: choice('none', 'balanced') },
      { path: 'loss.labelSmoothing', input: share(0.5) },
      { path: 'dropout', input: share() },
      { path: 'head.pooling', input: choice('checkpoint', 'first', 'mean', 'max') },
      { path: 'maxSteps', input: count(100) },
      { path: 'batch.accumulate', input: count() },
      { path: 'batch.order', input: choice('length', 'random') },
      { path: 'optimizer.beta1', input: { kind: 'number', step: { add: 0.01 }, min: 0, max: 1 } },
      { path: 'optimizer.beta2', input: { kind: 'number', step: { add: 0.001 }, min: 0, max: 1 } },
      { path: 'precision', input: choice('float32', 'bfloat16', 'auto') },
      { path: 'seeds.data', input: { kind: 'number', step: { add: 1 }, min: 0 } },
      { path: 'seeds.init', input: { kind: 'number', step: { add: 1 }, min: 0 } },
      { path: 'seeds.dropout', input: { kind: 'number', step: { add: 1 }, min: 0 } },
    ],
  },
]

/** A recipe in which every field has its default; model and dataset are only placeholders. */
export const defaults: Recipe = recipeSchema.parse({ model: '-', data: { dataset: '-' } })
