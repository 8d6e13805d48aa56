import type { ColumnRoles, Dataset, DatasetId, DatasetStatistics, TaskKind } from '@shared/domain'
import {
  all,
  first,
  fromJson,
  toJson,
  write,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'

interface DatasetRow {
  readonly id: DatasetId
  readonly name: string
  readonly task: TaskKind
  readonly labels: string
  readonly roles: string
  readonly side_columns: string
  readonly rows: number
  readonly hash: string
  readonly files: string
  readonly statistics: string
  readonly bytes: number
  readonly source: string
  readonly licence: string | null
  readonly created_at: number
}

const toDataset = (row: DatasetRow): Dataset => ({
  id: row.id,
  name: row.name,
  task: row.task,
  labels: fromJson<readonly string[]>(row.labels),
  roles: fromJson<ColumnRoles>(row.roles),
  sideColumns: fromJson<readonly string[]>(row.side_columns),
  rows: row.rows,
  hash: row.hash,
  files: fromJson<Dataset['files']>(row.files),
  statistics: fromJson<DatasetStatistics>(row.statistics),
  bytes: row.bytes,
  source: row.source,
  licence: row.licence,
  createdAt: row.created_at,
})

export const listDatasets = (db: ReadableDatabase): readonly Dataset[] =>
  all<DatasetRow>(db, 'SELECT * FROM datasets ORDER BY created_at, id').map(toDataset)

/** By id, content hash or name. */
export function findDataset(db: ReadableDatabase, reference: string): Dataset | null {
  const row = first<DatasetRow>(
    db,
    `SELECT * FROM datasets WHERE id = $reference OR hash = $reference OR name = $reference
     ORDER BY id = $reference DESC, hash = $reference DESC LIMIT 1`,
    { reference },
  )
  return row === undefined ? null : toDataset(row)
}

export function insertDataset(db: WritableDatabase, dataset: Dataset): void {
  write(
    db,
    `INSERT INTO datasets (id, name, task, labels, roles, side_columns, rows, hash, files,
       statistics, bytes, source, licence, created_at)
     VALUES ($id, $name, $task, $labels, $roles, $sideColumns, $rows, $hash, $files,
       $statistics, $bytes, $source, $licence, $createdAt)`,
    {
      ...dataset,
      labels: toJson(dataset.labels),
      roles: toJson(dataset.roles),
      sideColumns: toJson(dataset.sideColumns),
      files: toJson(dataset.files),
      statistics: toJson(dataset.statistics),
    },
  )
}

export const renameDataset = (db: WritableDatabase, id: DatasetId, name: string): number =>
  write(db, 'UPDATE datasets SET name = $name WHERE id = $id', { id, name })

export const deleteDataset = (db: WritableDatabase, id: DatasetId): number =>
  write(db, 'DELETE FROM datasets WHERE id = $id', { id })
