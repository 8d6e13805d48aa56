import type { LogLine, RunId } from '@shared/domain'
import { all, first, write, type ReadableDatabase, type WritableDatabase } from './database'

/** Lines with a number greater than `after`, oldest first. */
export const listLog = (
  db: ReadableDatabase,
  run: RunId,
  after: number,
  limit: number,
): readonly LogLine[] =>
  all<LogLine>(
    db,
    `SELECT seq, time, level, message FROM logs
     WHERE run = $run AND seq > $after ORDER BY seq LIMIT $limit`,
    { run, after, limit },
  )

/** Appends a line under the run's next number. */
export function appendLog(db: WritableDatabase, run: RunId, line: Omit<LogLine, 'seq'>): LogLine {
  const last = first<{ seq: number }>(
    db,
    'SELECT ifnull(max(seq), 0) AS seq FROM logs WHERE run = $run',
    { run },
  )
  const numbered: LogLine = { seq: (last?.seq ?? 0) + 1, ...line }
  write(
    db,
    `INSERT INTO logs (run, seq, time, level, message)
     VALUES ($run, $seq, $time, $level, $message)`,
    { run, ...numbered },
  )
  return numbered
}
