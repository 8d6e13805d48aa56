import type { Artifact, ArtifactId, ExportFormat, RunId } from '@shared/domain'
import {
  all,
  fromJson,
  toJson,
  write,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'

interface ArtifactRow {
  readonly id: ArtifactId
  readonly run: RunId
  readonly format: ExportFormat
  readonly path: string
  readonly bytes: number
  readonly files: string
  readonly largest_difference: number
  readonly rows_checked: number
  readonly notes: string
  readonly created_at: number
}

const toArtifact = (row: ArtifactRow): Artifact => ({
  id: row.id,
  run: row.run,
  format: row.format,
  path: row.path,
  bytes: row.bytes,
  files: fromJson<Artifact['files']>(row.files),
  largestDifference: row.largest_difference,
  rowsChecked: row.rows_checked,
  notes: fromJson<readonly string[]>(row.notes),
  createdAt: row.created_at,
})

export const listArtifacts = (db: ReadableDatabase): readonly Artifact[] =>
  all<ArtifactRow>(db, 'SELECT * FROM artifacts ORDER BY created_at DESC, id').map(toArtifact)

export const listArtifactsOfRun = (db: ReadableDatabase, run: RunId): readonly Artifact[] =>
  all<ArtifactRow>(db, 'SELECT * FROM artifacts WHERE run = $run ORDER BY created_at DESC, id', {
    run,
  }).map(toArtifact)

/** Records an export; an earlier one at the same path was overwritten and goes. */
export function insertArtifact(db: WritableDatabase, artifact: Artifact): void {
  write(db, 'DELETE FROM artifacts WHERE path = $path', { path: artifact.path })
  write(
    db,
    `INSERT INTO artifacts (id, run, format, path, bytes, files, largest_difference, rows_checked,
       notes, created_at)
     VALUES ($id, $run, $format, $path, $bytes, $files, $largestDifference, $rowsChecked,
       $notes, $createdAt)`,
    { ...artifact, files: toJson(artifact.files), notes: toJson(artifact.notes) },
  )
}
