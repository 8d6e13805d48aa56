import type { RunId } from '@shared/domain'
import { all, write, type ReadableDatabase, type WritableDatabase } from './database'

export interface Checkpoint {
  /** Relative to the run folder: `checkpoints/last`, `checkpoints/best`. */
  readonly path: string
  readonly step: number
  readonly bytes: number
}

export const listCheckpoints = (db: ReadableDatabase, run: RunId): readonly Checkpoint[] =>
  all<Checkpoint>(
    db,
    'SELECT path, step, bytes FROM checkpoints WHERE run = $run ORDER BY step, path',
    { run },
  )

/** A newer checkpoint at the same path takes the older one's place. */
export function putCheckpoint(db: WritableDatabase, run: RunId, checkpoint: Checkpoint): void {
  write(
    db,
    `INSERT INTO checkpoints (run, path, step, bytes) VALUES ($run, $path, $step, $bytes)
     ON CONFLICT (run, path) DO UPDATE SET step = excluded.step, bytes = excluded.bytes`,
    { run, ...checkpoint },
  )
}
