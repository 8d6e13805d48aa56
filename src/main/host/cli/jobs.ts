import type { Job, JobProgress } from '@shared/domain'
import { fromErrorPayload, GraftError } from '@shared/errors'
import type { EngineClient } from '../../platform/engine-client'
import { Interrupted } from './exit'
import { formatBytes, formatCount, formatSeconds } from './format'
import type { Session } from './session'

/**
 * Starts a job and waits for its end, showing its progress; Ctrl-C cancels it. Gives the job's
 * result; throws its error.
 */
export async function runJob(
  session: Session,
  start: (engine: EngineClient) => Promise<Job>,
): Promise<unknown> {
  const { output } = session
  const engine = await session.engine()
  const seen = new Map<string, Job>()
  let settle: (job: Job) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const ended = new Promise<Job>((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  // Where the start itself fails, nobody waits for the end any more.
  ended.catch(() => undefined)
  let id: string | null = null
  const take = (job: Job): void => {
    seen.set(job.id, job)
    if (job.id !== id) return
    output.event('job.changed', { job })
    if (job.state.kind !== 'running') settle(job)
    else if (job.progress !== null) output.progress(describeProgress(job.progress))
  }
  const unsubscribe = engine.on('job.changed', ({ job }) => take(job))
  engine.onClose(() => fail(engineLost()))
  let interrupted = false
  const restore = session.catchInterrupt(() => {
    interrupted = true
    if (id !== null) engine.call('jobs.cancel', { job: id }).catch(fail)
  })
  try {
    const started = await start(engine)
    id = started.id
    // Its end may have been told before the answer came.
    take(seen.get(started.id) ?? started)
    if (interrupted) await engine.call('jobs.cancel', { job: id })
    return resultOf(await ended)
  } finally {
    restore()
    unsubscribe()
    output.endProgress()
  }
}

function resultOf(job: Job): unknown {
  switch (job.state.kind) {
    case 'finished':
      return job.state.result
    case 'failed':
      throw fromErrorPayload(job.state.error)
    case 'cancelled':
      throw new Interrupted({ job: job.id, state: 'cancelled' })
    case 'interrupted':
    case 'running':
      throw engineLost()
  }
}

const engineLost = (): GraftError =>
  new GraftError('engine.unavailable', 'The engine ended. What was recorded is kept; try again.')

/** How far a job is, in a line. */
export function describeProgress({
  label,
  done,
  total,
  unit,
  rate,
  remainingSeconds,
}: JobProgress): string {
  if (done === 0 && total === null) return `${label} …`
  const amount = (value: number): string =>
    unit === 'bytes' ? formatBytes(value) : formatCount(Math.round(value))
  const of = total === null ? '' : ` of ${amount(total)}`
  const name = unit === 'bytes' ? '' : ` ${unit}`
  return [
    `${label}: ${amount(done)}${of}${name}`,
    ...(rate === null ? [] : [`${amount(rate)}${unit === 'bytes' ? '' : ` ${unit}`}/s`]),
    ...(remainingSeconds === null ? [] : [`${formatSeconds(remainingSeconds)} left`]),
  ].join('  ')
}
