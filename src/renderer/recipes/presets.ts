import type { Draft, FieldValue } from './document'
import { defaults, effective } from './fields'
import { valueAt } from './document'

export const presetNames = ['standard', 'head', 'careful'] as const
export type PresetName = (typeof presetNames)[number]

/** What a preset decides; everything else stays as the person left it. */
export const presets: Readonly<Record<PresetName, Readonly<Record<string, FieldValue>>>> = {
  standard: {
    train: 'all',
    epochs: 3,
    'batch.size': 32,
    'optimizer.learningRate': 5e-5,
    'optimizer.weightDecay': 0.01,
    'schedule.name': 'linear',
    'schedule.warmup': 0.1,
    'evaluation.patience': null,
  },
  head: {
    train: 'head',
    epochs: 20,
    'batch.size': 64,
    'optimizer.learningRate': 1e-3,
    'optimizer.weightDecay': 0,
    'schedule.name': 'linear',
    'schedule.warmup': 0,
    'evaluation.patience': 3,
  },
  careful: {
    train: 'all',
    epochs: 10,
    'batch.size': 16,
    'optimizer.learningRate': 2e-5,
    'optimizer.weightDecay': 0.01,
    'schedule.name': 'linear',
    'schedule.warmup': 0.1,
    'evaluation.patience': 2,
  },
}

/** The preset whose every choice the draft has; null for a recipe of one's own. */
export const presetOf = (draft: Draft): PresetName | null =>
  presetNames.find((name) =>
    Object.entries(presets[name]).every(([path, value]) => effective(draft, path) === value),
  ) ?? null

/** The fields to write: null is left out where leaving it out means the same. */
export const presetFields = (name: PresetName): Readonly<Record<string, FieldValue | undefined>> =>
  Object.fromEntries(
    Object.entries(presets[name]).map(([path, value]) => [
      path,
      value === null && valueAt(defaults, path) === null ? undefined : value,
    ]),
  )
