import type { DataRow } from '@shared/domain'
import { readSnapshotRows } from '../data/snapshot-reader'
import { datasetFolder } from './run-folder'
import type { Workspace } from './workspace'

/** Rows of a snapshot by id, read from its file and not kept. */
export async function findRows(
  workspace: Workspace,
  datasetHash: string,
  ids: ReadonlySet<number>,
): Promise<ReadonlyMap<number, DataRow>> {
  const found = new Map<number, DataRow>()
  if (ids.size === 0) return found
  for await (const row of readSnapshotRows(datasetFolder(workspace, datasetHash))) {
    if (ids.has(row.id)) found.set(row.id, row)
    if (found.size === ids.size) break
  }
  return found
}
