import { join } from 'node:path'
import { z } from 'zod'
import type { PackContent } from '@shared/domain'
import { readPack } from '../../data/pack/read-pack'
import { requireUsable } from '../../data/pack/problems'
import { withoutCorpus, writePack } from '../../data/pack/write-pack'
import { readNeighbours, writeNeighbours, type NeighbourFiles } from '../../formats/neighbours'
import { parseFittedFusion, type FittedFusion } from '../../knowledge/fusion/fitted'
import { createPredictor } from '../../knowledge/predictor'
import type { KnowledgePredictor } from '../../knowledge/predictor-types'
import { buildFolderAtomic } from '../../platform/atomic'
import { exists } from '../../platform/files'
import { readJsonFile, writeJsonFile } from '../../platform/json'

/** Folder of a model's knowledge beside its weights: see docs/fusion-format.md. */
export const knowledgeFolderOf = (modelFolder: string): string => join(modelFolder, 'knowledge')

const packName = 'pack'
const fusionName = 'fusion.json'

/** Writes pack, fitted fusion and neighbours beside a model, all or nothing. */
export async function writeKnowledgeFolder(
  modelFolder: string,
  content: PackContent,
  fusion: FittedFusion,
  neighbours: NeighbourFiles | null,
): Promise<void> {
  await buildFolderAtomic(
    knowledgeFolderOf(modelFolder),
    async (building) => {
      await writePack(withoutCorpus(content), join(building, packName))
      await writeJsonFile(join(building, fusionName), fusion)
      if (neighbours !== null) await writeNeighbours(building, neighbours)
    },
    'replace',
  )
}

/** The knowledge beside a model; undefined where it has none. Throws pack.invalid. */
export async function openKnowledgeFolder(
  modelFolder: string,
): Promise<KnowledgePredictor | undefined> {
  const folder = knowledgeFolderOf(modelFolder)
  const path = join(folder, fusionName)
  if (!(await exists(path))) return undefined
  const fusion = parseFittedFusion(await readJsonFile(path, z.unknown(), 'pack.invalid'), path)
  const { content, problems } = await readPack(join(folder, packName))
  requireUsable(content.name, problems)
  return createPredictor({ fusion, content, neighbours: await readNeighbours(folder) })
}
