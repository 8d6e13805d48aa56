import type { ErrorPayload } from '../errors'
import type { JobId, ProjectId, Timestamp } from './ids'

export type JobKind =
  | 'starter'
  | 'model.import'
  | 'model.download'
  | 'dataset.import'
  | 'pack.import'
  | 'pack.export'
  | 'pack.mine'
  | 'prediction'
  | 'export'

export type JobState =
  | { readonly kind: 'running' }
  | { readonly kind: 'finished'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: ErrorPayload }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'interrupted' }

export interface JobProgress {
  /** What is being done now, for a person. */
  readonly label: string
  readonly done: number
  readonly total: number | null
  readonly unit: 'bytes' | 'rows' | 'files' | 'steps'
  /** Units per second; null before it is known. */
  readonly rate: number | null
  readonly remainingSeconds: number | null
}

/** Long work: it survives the window that started it and can be cancelled. */
export interface Job {
  readonly id: JobId
  readonly kind: JobKind
  readonly title: string
  readonly project: ProjectId | null
  readonly state: JobState
  readonly progress: JobProgress | null
  readonly createdAt: Timestamp
  readonly endedAt: Timestamp | null
}
