import { join } from 'node:path'
import type { Dataset, DatasetStatistics, Model } from '@shared/domain'
import { z } from 'zod'
import { readSnapshotRows } from '../data/snapshot-reader'
import { computeStatistics } from '../data/statistics'
import { loadTokenizer } from '../data/tokenizer'
import { exists } from '../platform/files'
import { readJsonFile, writeJsonFile } from '../platform/json'
import type { Context } from './context'
import { datasetFolder, modelFolder } from './run-folder'

const histogram = z.object({ edges: z.array(z.number()), counts: z.array(z.number()) })

const statisticsSchema = z.object({
  parts: z.array(
    z.object({
      part: z.enum(['all', 'train', 'validation', 'test']),
      rows: z.number(),
      labels: z.record(z.string(), z.number()),
    }),
  ),
  characters: histogram,
  tokens: histogram.nullable(),
  tokensOf: z.string().nullable(),
  duplicates: z.number(),
  leaked: z.number(),
  badRows: z.number(),
})

/** A dataset's statistics with lengths in tokens of a model; kept in the workspace's cache. */
export async function readStatistics(
  { workspace }: Context,
  dataset: Dataset,
  model: Model,
): Promise<DatasetStatistics> {
  const file = join(workspace.cache, `statistics-${dataset.hash}-${model.hash}.json`)
  if (await exists(file))
    return { ...(await readJsonFile(file, statisticsSchema)), tokensOf: model.name }
  const statistics = await computeStatistics(
    readSnapshotRows(datasetFolder(workspace, dataset.hash)),
    {
      badRows: dataset.statistics.badRows,
      tokenizer: await loadTokenizer(modelFolder(workspace, model.hash)),
      tokensOf: model.name,
    },
  )
  await writeJsonFile(file, statistics)
  return statistics
}
