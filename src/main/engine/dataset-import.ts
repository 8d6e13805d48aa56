import type { Dataset, DatasetId } from '@shared/domain'
import type { SnapshotRequest } from '../data/snapshot'
import { createSnapshot } from '../data/snapshot'
import type { Snapshot } from '../data/snapshot-schema'
import { readSnapshotRows } from '../data/snapshot-reader'
import { computeStatistics } from '../data/statistics'
import { diskBytes } from '../platform/disk'
import { findDataset, insertDataset, transaction } from '../store'
import type { Context } from './context'
import { newId } from './ids'
import type { JobControl } from './jobs'
import { freeName } from './names'

export interface DatasetDescription {
  readonly name: string
  /** Where the rows come from, for the model card. */
  readonly source: string
  readonly licence?: string | undefined
}

/** Takes files into the workspace; the same data again give the dataset that is there already. */
export async function importDataset(
  context: Context,
  request: Omit<SnapshotRequest, 'signal' | 'onProgress'>,
  description: DatasetDescription,
  { signal, report }: JobControl,
): Promise<Dataset> {
  const { db, workspace, events } = context
  const { folder, snapshot } = await createSnapshot(workspace.datasets, {
    ...request,
    signal,
    onProgress: (done, total) => report({ label: 'Reading the rows', done, total, unit: 'bytes' }),
  })
  const known = findDataset(db, snapshot.hash)
  if (known !== null) return known
  report({ label: 'Counting the rows', done: 0, total: snapshot.rows, unit: 'rows' })
  const statistics = await computeStatistics(readSnapshotRows(folder, signal), {
    badRows: snapshot.badRows,
    signal,
  })
  const bytes = await diskBytes(folder)
  const dataset = transaction(db, () => {
    const found = findDataset(db, snapshot.hash)
    if (found !== null) return found
    const name = freeName(description.name, (each) => findDataset(db, each) !== null)
    const added: Dataset = {
      ...described(snapshot),
      id: newId<DatasetId>('dataset'),
      name,
      statistics,
      bytes,
      source: description.source,
      licence: description.licence ?? null,
      createdAt: context.now(),
    }
    insertDataset(db, added)
    return added
  })
  events.publish('datasets.changed', {})
  return dataset
}

const described = (
  snapshot: Snapshot,
): Pick<Dataset, 'task' | 'labels' | 'roles' | 'sideColumns' | 'rows' | 'hash' | 'files'> => ({
  task: snapshot.task,
  labels: snapshot.labels,
  roles: snapshot.roles,
  sideColumns: snapshot.sideColumns,
  rows: snapshot.rows,
  hash: snapshot.hash,
  files: snapshot.files.map(({ name, part, sha256 }) => ({ name, part, sha256 })),
})
