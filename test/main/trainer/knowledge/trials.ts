import { joinRows } from '../../../../src/main/data/tokenized'
import { tokenFeatures } from '../../../../src/main/knowledge/token-features'
import type { TextsBehind } from '../../../../src/main/trainer/knowledge/contrasts'
import type { StartTrial, Way } from '../../../../src/main/trainer/knowledge/start-trial'
import type { TrainingKey } from '../../../../src/main/trainer/knowledge/training-key'
import type { Start } from '../../../../src/main/trainer/knowledge/starts'

const rows = 40
export const y = Int32Array.from({ length: rows }, (_, row) => row % 2)

/** Two-class answers that give the truth a probability, more or less of it in every third row. */
export function answered(probability: number, spread = 0.02) {
  const logs = new Float64Array(rows * 2)
  y.forEach((label, row) => {
    const p = probability + (row % 3 === 0 ? spread : 0)
    logs[row * 2 + label] = Math.log(p)
    logs[row * 2 + 1 - label] = Math.log(1 - p)
  })
  const loss = -y.reduce((sum, label, row) => sum + (logs[row * 2 + label] ?? 0), 0) / rows
  return { logs, loss, accuracy: probability > 0.5 ? 1 : 0 }
}

/** A start, taught by a pack or not, whose head gives the truth a probability. */
export function startOf(name: string, taught: boolean, probability = 0.6): Start {
  const { logs, loss, accuracy } = answered(probability)
  const head = { weight: new Float32Array(0), bias: new Float32Array(0) }
  return {
    ...{ name, description: `It is ${name}.`, weights: () => [], prior: undefined },
    lessons: taught ? ['words', 'weak'] : [],
    methods: [],
    fitted: { head, heldOut: logs, loss, accuracy, l2: 1 },
  }
}

/** A trial whose answers give the truth a probability. */
export const trialOf = (
  starts: readonly Start[],
  whole: number,
  head?: number,
  self?: Way['self'],
): StartTrial => ({
  ...{ starts, self, y, whole: answered(whole), margin: 0.001 },
  head: head === undefined ? undefined : answered(head),
  answers: { rows: y, logits: new Float32Array(0), neighbours: [] },
})

/** What trainings of a small model depend on. */
export const keyIn = (cacheFolder: string): TrainingKey => ({
  ...{ modelHash: 'm', pooling: 'mean', precision: 'float32', dropout: null, cacheFolder },
  ...{ tokens: joinRows([]), injector: undefined, part: { kind: 'all' }, features: undefined },
  ...{ device: 'cpu', run: 'run_1' },
})

/** No texts with a contrasting word. */
export const nothingBehind: TextsBehind = {
  places: [],
  tokens: joinRows([]),
  texts: {
    lengths: new Int32Array(0),
    batchOf: () => {
      throw new Error('Nothing is asked.')
    },
    scoresOf: undefined,
  },
}

/** A self-training from a start. */
export const selfTrainingFrom = (from: Start): NonNullable<Way['self']> => ({
  ...{ name: from.name, weights: () => [], unlabelled: y },
  words: () => tokenFeatures([]),
  behind: () => nothingBehind,
  training: { steps: 4, batch: 16, learningRate: 5e-5 },
})
