import { join } from 'node:path'
import { initialValues } from '../../nn/initial'
import { exists } from '../../platform/files'
import { sha256, sha256Json } from '../../platform/hash'
import type { NamedArray } from '../arrays'
import { keptWeights } from '../kept'
import type { PackWords } from './pack-words'
import { newHeadRate, type SoftLabels } from './soft-labels'
import { hashedKey, type TrainingKey } from './training-key'
import { isOfHead, type TrialModel, type TrialTraining } from './trial-model'

/** Learning what a pack says, before labelled rows are learned. */
export interface PackStage {
  readonly soft: SoftLabels
  /** What the positions in `soft` are of, where they are not rows of the run. */
  readonly texts?: Pick<PackWords, 'tokens' | 'rows'> | undefined
  readonly training: TrialTraining
  readonly seed: number
}

/** Weights, and the stages that they came of. */
export interface Staged {
  readonly weights: readonly NamedArray[]
  /** Hash of the last stage and all that it depended on; null: the model's folder. */
  readonly stage: string | null
}

const version = 5

/** Of the numbers that a head starts with, as in BERT. */
const headDeviation = 0.02

/**
 * The model after a stage, from the cache or computed: a file named by a hash of the model, the rows
 * and their labels. Labelled rows take no part, so all draws of them share it. The first stage begins
 * with a new head, a later one goes on with that of the stage before.
 */
export async function afterStage(
  model: TrialModel,
  before: Staged,
  stage: PackStage,
  key: TrainingKey,
  log: (sentence: string) => void,
): Promise<Staged> {
  const hash = hashOf(before.stage, stage, key)
  const { weights } = await keptWeights(fileOf(hash, key), { run: key.run, log }, async () => {
    const isFirst = before.stage === null
    model.assign(isFirst ? withFixedHead(before.weights) : before.weights)
    const { soft, training, texts, seed } = stage
    await model.learn(soft, training, isFirst ? newHeadRate : 1, seed, texts?.rows)
    return model.weights()
  })
  return { weights, stage: hash }
}

/** Says which stages, one after the other, are in the cache, and counts in the steps of the others. */
export async function planStages(
  { pace }: Pick<TrialModel, 'pace'>,
  stages: readonly PackStage[],
  key: TrainingKey,
): Promise<readonly boolean[]> {
  const cached: boolean[] = []
  let before: string | null = null
  for (const stage of stages) {
    before = hashOf(before, stage, key)
    const isCached = await exists(fileOf(before, key))
    if (!isCached) pace.plan(stage.training.steps)
    cached.push(isCached)
  }
  return cached
}

const fileOf = (hash: string, { cacheFolder }: TrainingKey): string =>
  join(cacheFolder, `lesson-${hash.slice(0, 32)}.safetensors`)

/** The same head whatever the seed of a run: what the first run computes is every run's. */
function withFixedHead(start: readonly NamedArray[]): readonly NamedArray[] {
  return start.map((array) => {
    const { name, shape } = array
    if (!isOfHead(array)) return array
    const spec = { name, shape, start: shape.length > 1 ? 'normal' : 'zeros' } as const
    return { name, shape, data: initialValues(spec, headDeviation, 0) }
  })
}

function hashOf(
  before: string | null,
  { soft, texts, training, seed }: PackStage,
  key: TrainingKey,
): string {
  return sha256Json({
    ...{ version, before, training, seed },
    ...hashedKey(key, texts?.tokens ?? key.tokens),
    rows: sha256(soft.rows),
    distributions: sha256(soft.distributions),
    weights: sha256(soft.weights),
  })
}
