import type { CheckpointState } from '../checkpoint'
import type { RunFolder } from '../manifest'
import { prepare, type Prepared } from '../prepare'
import type { Reporter } from '../reporter'
import { describeGraft, graftBackbone } from './backbone'
import type { Knowledge } from './context'
import { openKnowledge } from './open'

/** A run with its rows and its pack, on the model that its pack made of the one it names. */
export interface GraftedRun {
  readonly folder: RunFolder
  readonly data: Prepared
  readonly knowledge: Knowledge | undefined
}

/**
 * Reads rows and pack, then does what the recipe asks for before a head is trained: new tokens and
 * pre-training on the texts of the field. Throws the codes of all of these.
 */
export async function graftKnowledge(
  folder: RunFolder,
  precision: CheckpointState['precision'],
  log: Reporter['log'],
  progress: (done: number, total: number) => void,
  whileComputing: () => Promise<void>,
): Promise<GraftedRun> {
  const data = await prepare(folder, progress)
  const knowledge = await openKnowledge(folder, data)
  const methods = knowledge?.choice.training ?? 'none'
  const { packFolder, manifest } = folder
  if (knowledge === undefined || packFolder === null || typeof methods === 'string') {
    return { folder, data, knowledge }
  }
  const { parts, rows } = data
  const grafted = await graftBackbone(
    {
      ...{ modelFolder: folder.modelFolder, modelHash: manifest.modelHash, methods, packFolder },
      ...{ content: knowledge.content, precision, cacheFolder: folder.cacheFolder },
      rows: [...parts.train, ...parts.unlabelled].flatMap((row) => rows[row] ?? []),
      maxLength: manifest.recipe.data.maxLength,
      seed: manifest.recipe.seeds.data,
    },
    whileComputing,
  )
  for (const sentence of describeGraft(grafted)) log('info', sentence)
  if (grafted.modelFolder === folder.modelFolder) return { folder, data, knowledge }
  const changed: RunFolder = {
    ...folder,
    modelFolder: grafted.modelFolder,
    manifest: { ...manifest, modelHash: grafted.modelHash },
  }
  if (grafted.vocabulary === null) return { folder: changed, data, knowledge }
  return { folder: changed, data: await prepare(changed, progress), knowledge }
}
