import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { requireUsable } from '../../data/pack/problems'
import { readPack } from '../../data/pack/read-pack'
import { withSafetensors } from '../../formats/safetensors'
import { compilePack } from '../../knowledge/compile'
import type { KnowledgeRow } from '../../knowledge/types'
import { scoreFeaturesOf } from '../../nn/session'
import { exists } from '../../platform/files'
import { readJsonFile, writeJsonFile } from '../../platform/json'
import type { RunFolder } from '../manifest'
import { featureColumns, gatherScores } from './features'

/** How the pack's labels and pieces were chosen. */
const choiceSchema = z.strictObject({
  version: z.literal(1),
  labels: z.record(z.string(), z.string()),
  without: z.array(z.string()),
})

const packFolderOf = (modelFolder: string): string => join(modelFolder, 'scores', 'pack')
const choiceFileOf = (modelFolder: string): string => join(modelFolder, 'scores', 'scores.json')

/** Puts the pack of a run beside weights that take scores, so that new rows get theirs. */
export async function writeScorePack(
  modelFolder: string,
  weightsFile: string,
  { packFolder, manifest }: RunFolder,
): Promise<void> {
  const choice = manifest.recipe.knowledge
  if (packFolder === null || choice === null) return
  const taken = await withSafetensors(weightsFile, (file) =>
    Promise.resolve(scoreFeaturesOf(file.tensors)),
  )
  if (taken === undefined) return
  await cp(packFolder, packFolderOf(modelFolder), { recursive: true })
  const { labels, without } = choice
  await writeJsonFile(choiceFileOf(modelFolder), { version: 1, labels, without })
}

/** Scores of rows, [rows, columns], as the model beside the pack takes them. */
export type ScoreReader = (rows: readonly KnowledgeRow[]) => Float32Array

/** Undefined beside a model that takes no scores. Throws pack.invalid. */
export async function openScorePack(
  modelFolder: string,
  labels: readonly string[],
): Promise<ScoreReader | undefined> {
  const path = choiceFileOf(modelFolder)
  if (!(await exists(path))) return undefined
  const choice = await readJsonFile(path, choiceSchema, 'pack.invalid')
  const { content, problems } = await readPack(packFolderOf(modelFolder))
  requireUsable(content.name, problems)
  const compiled = compilePack(content, labels, choice.labels, choice.without)
  const columns = featureColumns(compiled.pieces, labels.length)
  return (rows) => {
    const all = Int32Array.from({ length: rows.length }, (_, row) => row)
    return gatherScores(compiled.score(rows), columns, all)
  }
}
