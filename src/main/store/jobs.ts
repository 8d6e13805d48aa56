import type { Job, JobId, JobKind, JobProgress, JobState, ProjectId } from '@shared/domain'
import {
  all,
  first,
  fromJson,
  fromJsonOrNull,
  toJson,
  write,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'

interface JobRow {
  readonly id: JobId
  readonly kind: JobKind
  readonly title: string
  readonly project: ProjectId | null
  readonly state: string
  readonly progress: string | null
  readonly created_at: number
  readonly ended_at: number | null
}

const toJob = (row: JobRow): Job => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  project: row.project,
  state: fromJson<JobState>(row.state),
  progress: fromJsonOrNull<JobProgress>(row.progress),
  createdAt: row.created_at,
  endedAt: row.ended_at,
})

/** Newest first. */
export const listJobs = (db: ReadableDatabase, limit: number): readonly Job[] =>
  all<JobRow>(db, 'SELECT * FROM jobs ORDER BY created_at DESC, id LIMIT $limit', { limit }).map(
    toJob,
  )

export function findJob(db: ReadableDatabase, id: string): Job | null {
  const row = first<JobRow>(db, 'SELECT * FROM jobs WHERE id = $id', { id })
  return row === undefined ? null : toJob(row)
}

export function putJob(db: WritableDatabase, job: Job): void {
  write(
    db,
    `INSERT INTO jobs (id, kind, title, project, state, progress, created_at, ended_at)
     VALUES ($id, $kind, $title, $project, $state, $progress, $createdAt, $endedAt)
     ON CONFLICT (id) DO UPDATE SET title = excluded.title, project = excluded.project,
       state = excluded.state, progress = excluded.progress, ended_at = excluded.ended_at`,
    {
      ...job,
      state: toJson(job.state),
      progress: job.progress === null ? null : toJson(job.progress),
    },
  )
}

/** Jobs of an engine that died: marked, never resumed by themselves. Returns how many. */
export const interruptJobs = (db: WritableDatabase, endedAt: number): number =>
  write(
    db,
    `UPDATE jobs SET state = '{"kind":"interrupted"}', ended_at = $endedAt
     WHERE json_extract(state, '$.kind') = 'running'`,
    { endedAt },
  )
