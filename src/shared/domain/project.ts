import type { ProjectId, RunId, Timestamp } from './ids'

export interface Project {
  readonly id: ProjectId
  readonly name: string
  readonly description: string
  readonly createdAt: Timestamp
}

/** A project as its card shows it. */
export interface ProjectSummary extends Project {
  readonly runs: number
  readonly activeRuns: number
  readonly lastActivity: Timestamp
  readonly lastResult: {
    readonly run: RunId
    readonly metric: string
    readonly value: number
  } | null
  readonly baseline: RunId | null
  /** Bytes of checkpoints, predictions and logs of its runs. */
  readonly diskBytes: number
}
