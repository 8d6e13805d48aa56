import { join } from 'node:path'
import { GraftError } from '@shared/errors'
import type { PredictorSource } from '@shared/trainer'
import { readClassifier, type ClassifierTask } from '../formats/classifier'
import { readModelConfig } from '../formats/model-config'
import { exists } from '../platform/files'
import { readDeployment, settleBest, weightsOfFolder, type Deployment } from './deployment'
import { openRunFolder } from './manifest'

/** A fine-tuned model on disk and how its outputs are read. */
export interface FineTuned extends ClassifierTask {
  readonly pooling: Deployment['pooling']
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
  const meaning = readClassifier(await readModelConfig(folder), join(folder, 'config.json'))
  return { ...meaning, pooling: 'checkpoint', folder, maxLength }
}
