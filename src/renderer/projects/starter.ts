import type { StarterSummary } from '@shared/contract'
import type { Job, ProjectSummary } from '@shared/domain'

/** The result of a finished starter job; null for any other job. */
export function starterSummary(job: Job): StarterSummary | null {
  if (job.kind !== 'starter' || job.state.kind !== 'finished') return null
  return isSummary(job.state.result) ? job.state.result : null
}

const isSummary = (value: unknown): value is StarterSummary =>
  typeof value === 'object' &&
  value !== null &&
  ['project', 'model', 'datasets', 'recipe', 'estimate'].every((key) => key in value)

/** The starter project that was set up and waits for its first run. */
export function waitingStarter(
  jobs: readonly Job[],
  projects: readonly ProjectSummary[],
): StarterSummary | null {
  for (const job of jobs) {
    const summary = starterSummary(job)
    const project = projects.find((each) => each.id === summary?.project.id)
    if (summary !== null && project?.runs === 0) return summary
  }
  return null
}
