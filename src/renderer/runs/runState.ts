import { hasWeights, type Run, type RunStateKind } from '@shared/domain'

const atWork: ReadonlySet<RunStateKind> = new Set(['starting', 'running', 'stopping'])
const ended: ReadonlySet<RunStateKind> = new Set([
  'paused',
  'interrupted',
  'stopped',
  'failed',
  'finished',
])

/** A trainer process belongs to the run. */
export const isAtWork = (run: Run): boolean => atWork.has(run.state.kind)

export const hasEnded = (run: Run): boolean => ended.has(run.state.kind)

export interface RunActions {
  readonly pause: boolean
  readonly stop: boolean
  readonly resume: boolean
  readonly extend: boolean
  readonly exported: boolean
  readonly remove: boolean
}

/** What can be done with a run in its state; a run that ended before its first checkpoint starts over. */
export function actionsOf(run: Run): RunActions {
  const { kind } = run.state
  const rested = hasEnded(run)
  return {
    pause: kind === 'running' || kind === 'starting',
    stop: kind === 'running' || kind === 'starting' || kind === 'queued',
    resume: rested && kind !== 'finished',
    extend: rested && (kind === 'finished' || run.resumable),
    exported:
      rested && hasWeights(run) && (kind === 'finished' || run.best !== null || run.resumable),
    remove: !isAtWork(run),
  }
}
