import {
  hasWeights,
  resumeHelps,
  type Run,
  type RunProgress,
  type RunStateKind,
} from '@shared/domain'

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

/** Whether what a run does now belongs to one of its passes over the training rows. */
export const isInEpochs = ({ phase }: RunProgress): boolean =>
  phase !== 'loading' && phase !== 'tokenizing' && phase !== 'settling'

/** How much is done of what a run does now, from 0 to 1; null: nobody knows, or it does nothing. */
export function shareDone(run: Run): number | null {
  const { progress } = run
  if (progress === null || progress.totalSteps === 0 || !isAtWork(run)) return null
  return Math.min(1, progress.step / progress.totalSteps)
}

export interface RunActions {
  readonly pause: boolean
  readonly stop: boolean
  readonly resume: boolean
  readonly extend: boolean
  readonly exported: boolean
  readonly remove: boolean
}

/**
 * What can be done with a run in its state; a run that ended before its first checkpoint starts over,
 * unless it failed by what it was given: then it would fail again.
 */
export function actionsOf(run: Run): RunActions {
  const { kind } = run.state
  const rested = hasEnded(run)
  return {
    pause: kind === 'running' || kind === 'starting',
    stop: kind === 'running' || kind === 'starting' || kind === 'queued',
    resume: rested && kind !== 'finished' && (kind !== 'failed' || resumeHelps(run)),
    extend: rested && (kind === 'finished' || run.resumable),
    exported:
      rested && hasWeights(run) && (kind === 'finished' || run.best !== null || run.resumable),
    remove: !isAtWork(run),
  }
}
