import { copyFile, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeSafetensors } from '../formats/safetensors'
import { buildFolderAtomic, syncFolder } from '../platform/atomic'
import { exists } from '../platform/files'
import { readJsonFile, writeJsonFile } from '../platform/json'
import type { RunManifest } from '@shared/trainer'
import { toTensorInputs, type NamedArray } from './arrays'
import type { CheckpointState } from './checkpoint'
import type { RunFolder } from './manifest'

/** What a Hugging Face folder does not say of a fine-tuned model, in `graftbench.json` beside it. */
export const deploymentSchema = z.object({
  version: z.literal(1),
  task: z.enum(['single-label', 'multi-label', 'regression']),
  labels: z.array(z.string()),
  pooling: z.enum(['checkpoint', 'first', 'mean', 'max']),
  maxLength: z.int().min(1),
  step: z.int(),
  metrics: z.record(z.string(), z.number()),
})

export type Deployment = z.output<typeof deploymentSchema>

const deploymentFile = 'graftbench.json'

const tokenizerFiles = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
]

const problemTypes = {
  'single-label': 'single_label_classification',
  'multi-label': 'multi_label_classification',
  regression: 'regression',
} as const

/** Class of the reference that loads a fine-tuned checkpoint of a family. */
const architectures: Readonly<Record<string, string>> = {
  bert: 'BertForSequenceClassification',
  distilbert: 'DistilBertForSequenceClassification',
  roberta: 'RobertaForSequenceClassification',
}

export const weightsOfFolder = (folder: string): string => join(folder, 'model.safetensors')

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
      await writeConfig(run.modelFolder, building, manifest)
      await copyTokenizer(run.modelFolder, building)
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

async function writeConfig(from: string, to: string, manifest: RunManifest): Promise<void> {
  const text = await readFile(join(from, 'config.json'), 'utf8')
  const config = z.looseObject({ model_type: z.string() }).parse(JSON.parse(text))
  const labels = manifest.task === 'regression' ? ['value'] : manifest.labels
  const architecture = architectures[config.model_type]
  await writeJsonFile(join(to, 'config.json'), {
    ...config,
    ...(architecture === undefined ? {} : { architectures: [architecture] }),
    problem_type: problemTypes[manifest.task],
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
  })
}

async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of tokenizerFiles) {
    const path = join(from, name)
    if (await exists(path)) await copyFile(path, join(to, name))
  }
}
