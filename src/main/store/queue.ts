import type { Run, RunId } from '@shared/domain'
import { all, first, write, type ReadableDatabase, type WritableDatabase } from './database'
import { setRunState } from './runs'

/** The place behind the last queued run. */
export const nextPosition = (db: ReadableDatabase): number =>
  first<{ next: number }>(
    db,
    'SELECT ifnull(max(position), 0) + 1 AS next FROM runs WHERE position IS NOT NULL',
  )?.next ?? 1

/**
 * Queues a run: a cell of an ablation behind everything, a run of a person's own behind their
 * others and before the cells that wait. Gives the ids of all runs whose place changed.
 */
export function enterQueue(
  db: WritableDatabase,
  { id, ablation }: Pick<Run, 'id' | 'ablation'>,
): readonly RunId[] {
  if (ablation !== null) {
    setRunState(db, id, { kind: 'queued', position: nextPosition(db) })
    return [id]
  }
  const place = ownPlace(db, id)
  const behind = all<{ id: RunId }>(
    db,
    'SELECT id FROM runs WHERE position >= $place AND id <> $id',
    { place, id },
  ).map((row) => row.id)
  if (behind.length > 0) {
    write(db, 'UPDATE runs SET position = position + 1 WHERE position >= $place AND id <> $id', {
      place,
      id,
    })
  }
  setRunState(db, id, { kind: 'queued', position: place })
  return [id, ...behind]
}

/** Behind the last run of a person's own that waits; without one, before everything. */
const ownPlace = (db: ReadableDatabase, id: RunId): number =>
  first<{ place: number }>(
    db,
    `SELECT ifnull(max(position) FILTER (WHERE ablation IS NULL) + 1,
       ifnull(min(position), 1)) AS place
     FROM runs WHERE position IS NOT NULL AND id <> $id`,
    { id },
  )?.place ?? 1
