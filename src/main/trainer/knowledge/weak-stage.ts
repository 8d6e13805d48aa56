import { join } from 'node:path'
import { writeSafetensors } from '../../formats/safetensors'
import { initialValues } from '../../nn/initial'
import { exists } from '../../platform/files'
import { sha256, sha256Json } from '../../platform/hash'
import { readArrays, toTensorInputs, type NamedArray } from '../arrays'
import { keepModel } from '../model-cache'
import type { TokenizedRows } from '../../data/tokenized'
import { newHeadRate, type SoftLabels } from './soft-labels'
import { isOfHead, type TrialModel, type TrialTraining } from './trial-model'

export interface WeakStage {
  readonly soft: SoftLabels
  readonly training: TrialTraining
  readonly seed: number
}

/** All that a weak stage depends on besides its own settings. */
export interface StageKey {
  readonly modelHash: string
  readonly pooling: string
  readonly precision: string
  readonly tokens: TokenizedRows
  readonly dropout: number | null
  /** Of what else the rows hold; undefined: nothing. */
  readonly injector: string | undefined
  readonly cacheFolder: string
}

const version = 2

/** Of the numbers that a head starts with, as in BERT. */
const headDeviation = 0.02

/**
 * The model after it was trained on weak labels, from the cache or computed: a file named by a hash
 * of the model, the rows and their labels. Labelled rows take no part, so all draws of them share it.
 */
export async function weakStart(
  model: TrialModel,
  start: readonly NamedArray[],
  stage: WeakStage,
  key: StageKey,
): Promise<readonly NamedArray[]> {
  const path = fileOf(stage, key)
  if (await exists(path)) {
    await keepModel(key.cacheFolder, path)
    return readArrays(path)
  }
  model.assign(withFixedHead(start))
  await model.learn(stage.soft, stage.training, newHeadRate, stage.seed)
  const weights = model.weights()
  await writeSafetensors(path, toTensorInputs(weights), { format: 'pt' })
  await keepModel(key.cacheFolder, path)
  return weights
}

/** Counts in the steps of stages that are not in the cache. */
export async function planStages(
  { pace }: Pick<TrialModel, 'pace'>,
  stages: readonly WeakStage[],
  key: StageKey,
): Promise<void> {
  for (const stage of stages) {
    if (!(await exists(fileOf(stage, key)))) pace.plan(stage.training.steps)
  }
}

const fileOf = (stage: WeakStage, key: StageKey): string =>
  join(key.cacheFolder, `weak-${hashOf(stage, key).slice(0, 32)}.safetensors`)

/** The same head whatever the seed of a run: what the first run computes is every run's. */
function withFixedHead(start: readonly NamedArray[]): readonly NamedArray[] {
  return start.map((array) => {
    const { name, shape } = array
    if (!isOfHead(array)) return array
    const spec = { name, shape, start: shape.length > 1 ? 'normal' : 'zeros' } as const
    return { name, shape, data: initialValues(spec, headDeviation, 0) }
  })
}

function hashOf({ soft, training, seed }: WeakStage, key: StageKey): string {
  const { tokens, modelHash, pooling, precision, dropout, injector = null } = key
  return sha256Json({
    ...{ version, modelHash, pooling, precision, dropout, injector, training, seed },
    ids: sha256(tokens.ids),
    starts: sha256(tokens.starts),
    rows: sha256(soft.rows),
    distributions: sha256(soft.distributions),
    weights: sha256(soft.weights),
  })
}
