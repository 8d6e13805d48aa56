import { recipeSchema, type Recipe } from '@shared/domain'
import { valueAt, type Draft } from './document'

type Step = { readonly add: number } | { readonly times: number }

/** How a field is asked for. */
export type FieldKind =
  | { readonly kind: 'number'; readonly step: Step; readonly min?: number; readonly max?: number }
  | { readonly kind: 'choice'; readonly options: readonly Choice[] }
  | { readonly kind: 'switch' }
  | { readonly kind: 'part' }
  | { readonly kind: 'every' }
  | { readonly kind: 'metric' }

type Values<T> = Exclude<T, null> & string

/** Every word that a field with a choice can have. */
export type Choice =
  | Values<Recipe['optimizer']['name']>
  | Values<Recipe['schedule']['name']>
  | Values<Recipe['loss']['classWeights']>
  | Values<Recipe['head']['pooling']>
  | Values<Recipe['batch']['order']>
  | Values<Recipe['precision']>

const count = (add = 1): FieldKind => ({ kind: 'number', step: { add }, min: 1 })
const share = (add: number, max = 1): FieldKind => ({ kind: 'number', step: { add }, min: 0, max })
const seed: FieldKind = { kind: 'number', step: { add: 1 }, min: 0 }
const choice = (...options: readonly Choice[]): FieldKind => ({ kind: 'choice', options })

/** The fields by their dotted path, with the way each is asked for. */
export const fields = {
  train: { kind: 'part' },
  epochs: { kind: 'number', step: { add: 1 }, min: 1 },
  'batch.size': { kind: 'number', step: { times: 2 }, min: 1 },
  'optimizer.learningRate': { kind: 'number', step: { times: 1.25 } },
  'data.maxLength': { kind: 'number', step: { add: 16 }, min: 4 },
  'data.validation': share(0.05, 0.9),
  'data.test': share(0.05, 0.9),
  'data.trainRows': count(100),
  'head.pooling': choice('checkpoint', 'first', 'mean', 'max'),
  'batch.order': choice('length', 'random'),
  'batch.tokens': { kind: 'number', step: { add: 256 }, min: 16 },
  'batch.accumulate': count(),
  maxSteps: count(100),
  'optimizer.name': choice('adamw', 'adam', 'sgd', 'momentum', 'lamb', 'lion', 'adafactor'),
  'optimizer.weightDecay': share(0.01),
  'optimizer.beta1': share(0.01),
  'optimizer.beta2': share(0.001),
  'optimizer.epsilon': { kind: 'number', step: { times: 10 } },
  'optimizer.momentum': share(0.01),
  'schedule.name': choice(
    ...(['linear', 'constant', 'cosine', 'one-cycle', 'inverse-sqrt', 'polynomial'] as const),
  ),
  'schedule.warmup': { kind: 'number', step: { add: 0.05 }, min: 0 },
  dropout: share(0.05),
  clip: { kind: 'number', step: { add: 0.5 }, min: 0.5 },
  'loss.labelSmoothing': share(0.05, 0.5),
  'loss.classWeights': choice('none', 'balanced'),
  ema: { kind: 'number', step: { add: 0.001 }, min: 0.5, max: 0.999999 },
  'evaluation.every': { kind: 'every' },
  'evaluation.metric': { kind: 'metric' },
  'evaluation.patience': count(),
  'checkpoint.everySteps': count(100),
  precision: choice('float32', 'bfloat16', 'float16', 'auto'),
  'lossScaling.initial': { kind: 'number', step: { times: 2 }, min: 1 },
  'lossScaling.interval': count(100),
  cacheFrozen: { kind: 'switch' },
  'seeds.data': seed,
  'seeds.init': seed,
  'seeds.dropout': seed,
} as const satisfies Readonly<Record<string, FieldKind>>

export type FieldPath = keyof typeof fields

export const fieldPaths = Object.keys(fields) as readonly FieldPath[]

/** A recipe in which every field has its default; model and dataset are only placeholders. */
export const defaults: Recipe = recipeSchema.parse({ model: '-', data: { dataset: '-' } })

/** What a draft says at a path, else the default. */
export function effective(draft: Draft, path: string): unknown {
  const written = valueAt(draft, path)
  return written === undefined ? valueAt(defaults, path) : written
}
