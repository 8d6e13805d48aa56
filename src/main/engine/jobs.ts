import type { Job, JobId, JobKind, JobProgress, JobState, ProjectId } from '@shared/domain'
import { GraftError, toErrorPayload } from '@shared/errors'
import { findJob, listJobs, putJob } from '../store'
import type { Context } from './context'
import type { HandlersOf } from './handlers'
import { newId } from './ids'

/** What long work reports; rate and remaining time are worked out from it. */
export interface Report {
  readonly label: string
  readonly done: number
  readonly total: number | null
  readonly unit: JobProgress['unit']
}

export interface JobControl {
  readonly signal: AbortSignal
  report(report: Report): void
}

export interface JobStart {
  readonly kind: JobKind
  readonly title: string
  readonly project?: ProjectId
  /** Whether nothing of it is written down: it answers a question, and its result is large. */
  readonly passing?: boolean
  readonly work: (control: JobControl) => Promise<unknown>
}

export interface Jobs {
  /** Starts long work and returns at once. */
  start(start: JobStart): Job
  /** Cancels what is running; resolves when it is. */
  close(): Promise<void>
  readonly handlers: HandlersOf<'jobs'>
}

interface Running {
  job: Job
  readonly controller: AbortController
  readonly ended: Promise<void>
}

/** Progress is told at most so often, and written down less often. */
const publishEveryMs = 200
const mostJobs = 500
/** Passing jobs whose end can still be asked for. */
const mostPassing = 8

/** Long work with progress and cancel; it survives the front that started it. */
export function createJobs(context: Context): Jobs {
  const { db, events, now } = context
  const running = new Map<JobId, Running>()
  const passing = new Map<JobId, Job>()

  const save = (job: Job, isPassing: boolean): void => {
    if (isPassing) passing.set(job.id, job)
    else putJob(db, job)
    for (const id of passing.keys()) {
      if (passing.size <= mostPassing) break
      if (!running.has(id)) passing.delete(id)
    }
    events.publish('job.changed', { job })
  }
  const start = (begin: JobStart): Job => {
    const job: Job = {
      id: newId<JobId>('job'),
      kind: begin.kind,
      title: begin.title,
      project: begin.project ?? null,
      state: { kind: 'running' },
      progress: null,
      createdAt: now(),
      endedAt: null,
    }
    const isPassing = begin.passing ?? false
    save(job, isPassing)
    const controller = new AbortController()
    const meter = createMeter(now)
    let told = 0
    const report = (value: Report): void => {
      const entry = running.get(job.id)
      if (entry === undefined) return
      entry.job = { ...entry.job, progress: meter(value) }
      if (now() - told < publishEveryMs && value.done !== value.total) return
      told = now()
      events.publish('job.changed', { job: entry.job })
    }
    const ended = Promise.resolve()
      .then(() => begin.work({ signal: controller.signal, report }))
      .then(
        (result): JobState => ({ kind: 'finished', result: result ?? null }),
        (error: unknown): JobState => failure(error, controller.signal),
      )
      .then((state) => {
        const last = running.get(job.id)?.job ?? job
        running.delete(job.id)
        save({ ...last, state, endedAt: now() }, isPassing)
      })
      .catch((error: unknown) => {
        events.publish('engine.failed', { error: toErrorPayload(error), job: job.id })
      })
    running.set(job.id, { job, controller, ended })
    return job
  }
  const requireJob = (id: string): Job => {
    const known = [...[...running.values()].map(({ job }) => job), ...passing.values()]
    const job = known.find((each) => each.id === id) ?? findJob(db, id)
    if (job === null) throw new GraftError('notFound', `There is no job "${id}".`, { job: id })
    return job
  }
  return {
    start,
    close: async () => {
      const all = [...running.values()]
      for (const { controller } of all) controller.abort()
      await Promise.all(all.map((each) => each.ended))
    },
    handlers: {
      'jobs.list': () =>
        [...passing.values(), ...listJobs(db, mostJobs)]
          .map((job) => running.get(job.id)?.job ?? job)
          .toSorted((a, b) => b.createdAt - a.createdAt),
      'jobs.get': ({ job }) => requireJob(job),
      'jobs.cancel': async ({ job: id }) => {
        const job = requireJob(id)
        const entry = running.get(job.id)
        entry?.controller.abort()
        await entry?.ended
        return requireJob(id)
      },
    },
  }
}

const failure = (error: unknown, signal: AbortSignal): JobState => {
  const payload = toErrorPayload(error)
  const cancelled = signal.aborted && (payload.code === 'cancelled' || isAbort(error))
  return cancelled ? { kind: 'cancelled' } : { kind: 'failed', error: payload }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/** Throws `cancelled` when a job was cancelled; called between pieces of work. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new GraftError('cancelled', 'Cancelled.')
}

/** Rate over the last seconds of one label, smoothed; remaining time from it. */
function createMeter(now: () => number): (report: Report) => JobProgress {
  let label = ''
  let lastTime = 0
  let lastDone = 0
  let rate: number | null = null
  return (report) => {
    const time = now()
    if (report.label !== label) {
      label = report.label
      lastTime = time
      lastDone = report.done
      rate = null
    }
    const elapsed = (time - lastTime) / 1000
    if (elapsed >= 0.5) {
      const current = (report.done - lastDone) / elapsed
      rate = rate === null ? current : 0.7 * rate + 0.3 * current
      lastTime = time
      lastDone = report.done
    }
    const known = rate !== null && rate > 0 && report.total !== null
    return {
      ...report,
      rate,
      remainingSeconds:
        known && rate !== null && report.total !== null
          ? Math.max(0, report.total - report.done) / rate
          : null,
    }
  }
}
