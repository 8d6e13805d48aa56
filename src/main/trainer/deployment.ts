import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { taskKinds } from '@shared/domain/dataset'
import { classifierConfig } from '../formats/classifier'
import { readModelConfig } from '../formats/model-config'
import { writeSafetensors } from '../formats/safetensors'
import { copyTokenizer } from '../formats/tokenizer-files'
import { weightFile } from '../formats/weights'
import { buildFolderAtomic, syncFolder } from '../platform/atomic'
import { exists } from '../platform/files'
import { readJsonFile, writeJsonFile } from '../platform/json'
import type { RunManifest } from '@shared/trainer'
import { toTensorInputs, type NamedArray } from './arrays'
import type { CheckpointState } from './checkpoint'
import { writeInputPack } from './knowledge/input-pack'
import type { RunFolder } from './manifest'

/** What a Hugging Face folder does not say of a fine-tuned model, in `graftbench.json` beside it. */
const deploymentSchema = z.object({
  version: z.literal(1),
  task: z.enum(taskKinds),
  labels: z.array(z.string()),
  pooling: z.enum(['checkpoint', 'first', 'mean', 'max']),
  maxLength: z.int().min(1),
  step: z.int(),
  metrics: z.record(z.string(), z.number()),
})

export type Deployment = z.output<typeof deploymentSchema>

const deploymentFile = 'graftbench.json'

/** Path of the weights in a folder that `installBest` wrote. */
export const weightsOfFolder = (folder: string): string => join(folder, weightFile)

/**
 * Writes `checkpoints/best`: weights, configuration with the labels, tokeniser, and what Graftbench
 * adds, so that the folder loads as a fine-tuned model. All or nothing.
 */
export async function installBest(
  run: RunFolder,
  manifest: RunManifest,
  weights: Iterable<NamedArray>,
  state: CheckpointState,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const best = join(run.checkpoints, 'best')
  const next = `${best}.next`
  const bytes = await buildFolderAtomic(
    next,
    async (building) => {
      const written = await writeSafetensors(weightsOfFolder(building), toTensorInputs(weights), {
        format: 'pt',
      })
      const base = await readModelConfig(run.modelFolder)
      await writeJsonFile(
        join(building, 'config.json'),
        classifierConfig(base, manifest.task, manifest.labels),
      )
      await copyTokenizer(run.modelFolder, building)
      await writeInputPack(building, weightsOfFolder(building), run)
      const deployment: Deployment = {
        version: 1,
        task: manifest.task,
        labels: [...manifest.labels],
        pooling: manifest.recipe.head.pooling,
        maxLength: manifest.recipe.data.maxLength,
        step: state.step,
        metrics: state.bestMetrics,
      }
      await writeJsonFile(join(building, deploymentFile), deployment)
      return written.bytes
    },
    'replace',
  )
  await settleBest(run.checkpoints)
  return { path: best, bytes }
}

/** Where the best weights lie; finishes what a process killed while it renamed left half done. */
export async function settleBest(checkpoints: string): Promise<string> {
  const best = join(checkpoints, 'best')
  const next = `${best}.next`
  if (await exists(next)) {
    await rm(best, { recursive: true, force: true })
    await rename(next, best)
    await syncFolder(checkpoints)
  }
  return best
}

/** The description beside a fine-tuned model; undefined in a folder of other origin. */
export async function readDeployment(folder: string): Promise<Deployment | undefined> {
  const path = join(folder, deploymentFile)
  if (!(await exists(path))) return undefined
  return readJsonFile(path, deploymentSchema, 'model.configInvalid')
}
