import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import type { PredictorSource } from '@shared/trainer'
import { exists } from '../platform/files'
import { readDeployment, settleBest, weightsOfFolder, type Deployment } from './deployment'
import { openRunFolder } from './manifest'

/** A fine-tuned model on disk and how its outputs are read. */
export interface FineTuned extends Pick<Deployment, 'task' | 'labels' | 'pooling'> {
  readonly folder: string
  /** Longest sequence in tokens; null: as long as the tokeniser and the model allow. */
  readonly maxLength: number | null
}

/**
 * Finds what a predictor loads: the best weights of a run, or a folder that a run was exported to.
 * Throws run.noCheckpoint and model.configInvalid.
 */
export async function locate(source: PredictorSource): Promise<FineTuned> {
  if (source.kind === 'folder') return describeFolder(source.folder, source.maxLength)
  const { checkpoints, manifest } = await openRunFolder(source.runFolder)
  const folder = await settleBest(checkpoints)
  const deployment = await readDeployment(folder)
  if (deployment === undefined || !(await exists(weightsOfFolder(folder)))) {
    throw new GraftError(
      'run.noCheckpoint',
      `The run ${manifest.runId} has no trained weights yet: it ended before its first evaluation.`,
      { run: manifest.runId },
    )
  }
  return { ...deployment, folder }
}

async function describeFolder(folder: string, maxLength: number | null): Promise<FineTuned> {
  const deployment = await readDeployment(folder)
  if (deployment !== undefined) {
    return { ...deployment, folder, maxLength: maxLength ?? deployment.maxLength }
  }
  return { ...(await readConfig(join(folder, 'config.json'))), folder, maxLength }
}

const configSchema = z.looseObject({
  problem_type: z
    .enum(['single_label_classification', 'multi_label_classification', 'regression'])
    .nullish(),
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).optional(),
})

/** Task and labels as the reference's own configuration gives them. */
async function readConfig(path: string): Promise<Pick<FineTuned, 'task' | 'labels' | 'pooling'>> {
  if (!(await exists(path))) {
    throw new GraftError('model.configMissing', `${path} is missing.`, { path })
  }
  const config = configSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
  const ids = Object.entries(config.data?.id2label ?? {})
  if (!config.success || ids.length === 0) {
    throw new GraftError(
      'model.configInvalid',
      `${path} names no labels (id2label): this is not a fine-tuned classifier.`,
      { path },
    )
  }
  const ordered = ids.sort(([a], [b]) => Number(a) - Number(b)).map(([, label]) => label)
  const problem = config.data.problem_type ?? null
  const pooling = 'checkpoint'
  if (problem === 'multi_label_classification') {
    return { task: 'multi-label', labels: ordered, pooling }
  }
  const single = ordered.length === 1
  if (problem === 'regression' || (problem === null && single)) {
    return { task: 'regression', labels: [], pooling }
  }
  return { task: 'single-label', labels: ordered, pooling }
}
