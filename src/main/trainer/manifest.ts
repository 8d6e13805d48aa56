import { join, resolve } from 'node:path'
import { z } from 'zod'
import { taskKinds } from '@shared/domain/dataset'
import { recipeSchema } from '@shared/domain/recipe'
import type { RunManifest } from '@shared/trainer'
import { sha256Json } from '../platform/hash'
import { readJsonFile } from '../platform/json'

const manifestSchema = z.object({
  version: z.literal(1),
  runId: z.string().min(1),
  recipe: recipeSchema,
  task: z.enum(taskKinds),
  labels: z.array(z.string()),
  modelFolder: z.string().min(1),
  modelHash: z.string().min(1),
  datasetFolder: z.string().min(1),
  datasetHash: z.string().min(1),
  cacheFolder: z.string().min(1),
  packFolder: z.string().min(1).nullable().default(null),
  packHash: z.string().min(1).nullable().default(null),
  graftbench: z.string(),
})

/** A run's manifest with the absolute paths of everything it names. */
export interface RunFolder {
  readonly root: string
  readonly manifest: RunManifest
  readonly modelFolder: string
  readonly datasetFolder: string
  readonly cacheFolder: string
  /** Of the knowledge pack; null: none. */
  readonly packFolder: string | null
  readonly fusion: string
  readonly journal: string
  readonly checkpoints: string
  readonly predictions: string
}

/** Reads `run.json`. Throws file.notFound, or trainer.protocol naming the field that is wrong. */
export async function openRunFolder(folder: string): Promise<RunFolder> {
  const manifest = await readJsonFile(join(folder, 'run.json'), manifestSchema, 'trainer.protocol')
  return {
    root: folder,
    manifest,
    modelFolder: resolve(folder, manifest.modelFolder),
    datasetFolder: resolve(folder, manifest.datasetFolder),
    cacheFolder: resolve(folder, manifest.cacheFolder),
    packFolder: manifest.packFolder === null ? null : resolve(folder, manifest.packFolder),
    fusion: join(folder, 'fusion.json'),
    journal: join(folder, 'events.ndjson'),
    checkpoints: join(folder, 'checkpoints'),
    predictions: join(folder, 'predictions'),
  }
}

/**
 * What a checkpoint must agree with to be resumed: everything that decides what the run computes,
 * but not for how long, since a run may be extended.
 */
export const fingerprint = (manifest: RunManifest): string =>
  sha256Json({
    recipe: {
      ...manifest.recipe,
      ...{ name: '', epochs: 0, maxSteps: null },
      checkpoint: { everySteps: manifest.recipe.checkpoint.everySteps },
    },
    task: manifest.task,
    labels: manifest.labels,
    model: manifest.modelHash,
    dataset: manifest.datasetHash,
    ...(manifest.packHash === null ? {} : { pack: manifest.packHash }),
  })
