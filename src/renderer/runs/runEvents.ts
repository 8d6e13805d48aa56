import type { Run, RunId, RunProgress } from '@shared/domain'

/** The list with a run put in or replaced; a run of the other kind (archived or not) leaves it. */
export function applyChange(runs: readonly Run[], changed: Run, archived: boolean): readonly Run[] {
  if (!archived && changed.archived) return withoutRuns(runs, [changed.id])
  const known = runs.some((run) => run.id === changed.id)
  return known ? replaced(runs, changed) : [...runs, changed]
}

/** The list with the progress of one run; the list itself when the run is not in it. */
export function applyProgress(
  runs: readonly Run[],
  id: RunId,
  progress: RunProgress,
): readonly Run[] {
  const run = runs.find((each) => each.id === id)
  return run === undefined ? runs : replaced(runs, { ...run, progress })
}

const replaced = (runs: readonly Run[], changed: Run): readonly Run[] =>
  runs.map((run) => (run.id === changed.id ? changed : run))

export function withoutRuns(runs: readonly Run[], gone: readonly RunId[]): readonly Run[] {
  const ids = new Set<string>(gone)
  return runs.filter((run) => !ids.has(run.id))
}

/** The order of the queue with one run moved by so many places. */
export function movedInQueue(queue: readonly Run[], id: RunId, by: number): readonly RunId[] {
  const order = queue.map((run) => run.id)
  const from = order.indexOf(id)
  const to = Math.max(0, Math.min(order.length - 1, from + by))
  if (from < 0 || from === to) return order
  const rest = order.filter((each) => each !== id)
  return [...rest.slice(0, to), id, ...rest.slice(to)]
}
