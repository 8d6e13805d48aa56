import type { Draft } from './document'
import { effective, type FieldPath } from './fields'

export const sectionNames = [
  'training',
  'data',
  'batches',
  'optimizer',
  'schedule',
  'regularisation',
  'evaluation',
  'precision',
  'seeds',
] as const

export type SectionName = (typeof sectionNames)[number]
/** Sections that a person can fold; knowledge is no list of fields and stands by itself. */
export type OpenableName = SectionName | 'knowledge'

/** The form, in the order in which a person decides. */
export const sectionFields: Readonly<Record<SectionName, readonly FieldPath[]>> = {
  training: ['train', 'epochs', 'batch.size', 'optimizer.learningRate'],
  data: ['data.maxLength', 'data.validation', 'data.test', 'data.trainRows'],
  batches: ['maxSteps', 'batch.accumulate', 'batch.tokens', 'batch.order'],
  optimizer: [
    'optimizer.name',
    'optimizer.weightDecay',
    'optimizer.momentum',
    'optimizer.beta1',
    'optimizer.beta2',
    'optimizer.epsilon',
  ],
  schedule: ['schedule.name', 'schedule.warmup'],
  regularisation: [
    'dropout',
    'clip',
    'loss.labelSmoothing',
    'loss.classWeights',
    'head.pooling',
    'ema',
  ],
  evaluation: [
    'evaluation.every',
    'evaluation.metric',
    'evaluation.patience',
    'checkpoint.everySteps',
  ],
  precision: ['precision', 'lossScaling.initial', 'lossScaling.interval', 'cacheFrozen'],
  seeds: ['seeds.data', 'seeds.init', 'seeds.dropout'],
}

/** What nearly every run decides stays open; the rest is one line until it is asked for. */
export const isAlwaysOpen = (name: SectionName): boolean => name === 'training'

/** Optimisers that read a field; a field that is not named here is read by all. */
const readers: Readonly<Partial<Record<FieldPath, readonly string[]>>> = {
  'optimizer.beta1': ['adam', 'adamw', 'lamb', 'lion'],
  'optimizer.beta2': ['adam', 'adamw', 'lamb', 'lion'],
  'optimizer.epsilon': ['adam', 'adamw', 'lamb'],
  'optimizer.momentum': ['momentum'],
}

/** Whether a field means anything beside the other choices of a draft. */
export function applies(path: FieldPath, draft: Draft): boolean {
  switch (path) {
    case 'lossScaling.initial':
    case 'lossScaling.interval':
      return effective(draft, 'precision') === 'float16'
    case 'cacheFrozen':
      return effective(draft, 'train') !== 'all'
    default: {
      const known = readers[path]
      return known === undefined || known.includes(String(effective(draft, 'optimizer.name')))
    }
  }
}

/** The fields of a section that mean something, in order. */
export const shownFields = (name: SectionName, draft: Draft): readonly FieldPath[] =>
  sectionFields[name].filter((path) => applies(path, draft))

/** The section a field stands in. */
export const sectionOf = (path: FieldPath): SectionName =>
  sectionNames.find((name) => sectionFields[name].includes(path)) ?? 'training'
