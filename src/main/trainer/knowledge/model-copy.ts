import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readModelConfig, type ModelConfig } from '../../formats/model-config'
import { writeSafetensors, type TensorInput } from '../../formats/safetensors'
import { weightFile, type Weights } from '../../formats/weights'
import { matchWeights, type Match } from '../../nn/loading'
import { planModel, type ModelPlan } from '../../nn/plan'
import { buildFolderAtomic } from '../../platform/atomic'
import { exists } from '../../platform/files'
import { writeJsonFile } from '../../platform/json'

/** A model folder that was made from another one; it is named by what it was made from. */
export interface GraftedModel<Summary> {
  readonly folder: string
  readonly hash: string
  readonly summary: Summary
}

/** The masked language model that a folder's configuration and weights make, as far as it has one. */
export interface LanguageModel {
  readonly config: ModelConfig
  readonly plan: ModelPlan
  readonly match: Match
}

/** Reads the configuration and finds the weights. Throws the codes of both. */
export async function describeLanguageModel(
  folder: string,
  weights: Weights,
): Promise<LanguageModel> {
  const config = await readModelConfig(folder)
  const plan = planModel({
    ...{ config, task: 'masked-lm', labels: [], pooling: 'checkpoint', dropout: undefined },
  })
  return { config, plan, match: matchWeights(plan, weights) }
}

/** What a grafted folder consists of besides the summary. */
export interface GraftedContent {
  readonly config: ModelConfig
  readonly tensors: readonly TensorInput[]
  readonly writeTokenizer: (folder: string) => Promise<void>
}

const summaryFile = 'graft.json'

export const summaryPath = (folder: string): string => join(folder, summaryFile)

/** Writes a Hugging Face folder with the summary beside it, all or nothing; one that is there stays. */
export async function writeGraft(
  folder: string,
  { config, tensors, writeTokenizer }: GraftedContent,
  summary: unknown,
): Promise<void> {
  if (await exists(folder)) return
  await buildFolderAtomic(
    folder,
    async (building) => {
      await writeFile(join(building, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
      await writeTokenizer(building)
      await writeSafetensors(join(building, weightFile), tensors, { format: 'pt' })
      await writeJsonFile(summaryPath(building), summary)
    },
    'keep',
  )
}

/**
 * What a checkpoint has besides the weights of its language model, such as a pooler, under the names
 * of the family. Counters that older checkpoints keep (whole numbers) are left out.
 */
export async function otherTensors(
  { plan, match }: LanguageModel,
  weights: Weights,
): Promise<readonly TensorInput[]> {
  const { prefix, word } = plan.family.names
  const bare = match.found.get(word) !== word
  const used = new Set(match.found.values())
  const tied = plan.head.kind === 'language' ? plan.head.head.decoder : ''
  const tensors: TensorInput[] = []
  for (const [name, { dtype, shape }] of weights.tensors) {
    if (used.has(name) || !isFloat(dtype) || (plan.config.tied && name === tied)) continue
    if (name in plan.family.aliases) continue
    const { data } = await weights.read(name)
    tensors.push({ name: bare ? `${prefix}${name}` : name, dtype, shape, data })
  }
  return tensors
}

const isFloat = (dtype: string): boolean => /^(F|BF)/.test(dtype)
