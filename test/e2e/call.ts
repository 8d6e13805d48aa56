import type { InputOf, ProcedureName, ResultOf } from '@shared/contract'
import type { Job, Run } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { fromErrorPayload, GraftError } from '@shared/errors'
import type { Page } from 'playwright-core'
import { tinyModel } from '../main/host/support'
import type { Files } from '../main/host/rows'

/** Calls the engine over the window's bridge, as its page does. */
export async function call<P extends ProcedureName>(
  page: Page,
  procedure: P,
  input: InputOf<P>,
): Promise<ResultOf<P>> {
  const answer = await page.evaluate(
    ({ procedure, input }) =>
      new Promise<{ result?: unknown; error?: ErrorPayload }>((resolve) => {
        const id = Math.floor(Math.random() * 1e9)
        const stop = window.graftbench?.onMessage((message) => {
          if (message.type === 'event' || message.id !== id) return
          stop?.()
          resolve(message.type === 'result' ? { result: message.result } : { error: message.error })
        })
        window.graftbench?.request({ id, procedure, input })
      }),
    { procedure, input },
  )
  if (answer.error !== undefined) throw fromErrorPayload(answer.error)
  return answer.result as ResultOf<P>
}

/** Asks until a value is as wanted; throws after half a minute. */
export async function until<T>(ask: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 30_000
  for (;;) {
    const value = await ask()
    if (wanted(value)) return value
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

export const jobEnd = (page: Page, job: Job): Promise<Job> =>
  until(
    () => call(page, 'jobs.get', { job: job.id }),
    ({ state }) => state.kind !== 'running',
  )

/** The code with which a call or the job that it started fails. */
export async function outcome(page: Page, started: Promise<Job>): Promise<string> {
  try {
    const { state } = await jobEnd(page, await started)
    return state.kind === 'failed' ? state.error.code : state.kind
  } catch (error) {
    return error instanceof GraftError ? error.code : String(error)
  }
}

/** Imports the tiny model and rows and starts a run of so many steps; returns once it trains. */
export async function startRun(page: Page, files: Files, maxSteps: number): Promise<Run> {
  await jobEnd(page, await call(page, 'models.import', { path: tinyModel, name: 'tiny' }))
  const rows = [
    { path: files.train, part: 'train' as const },
    { path: files.test, part: 'test' as const },
  ]
  await jobEnd(page, await call(page, 'datasets.import', { name: 'rows', files: rows }))
  const project = await call(page, 'projects.create', { name: 'Window' })
  const run = await call(page, 'runs.create', {
    project: project.id,
    recipe: {
      model: 'tiny',
      data: { dataset: 'rows', maxLength: 16 },
      epochs: 5000,
      maxSteps,
      batch: { size: 8 },
      evaluation: { every: 200 },
    },
  })
  return until(
    async () => (await call(page, 'runs.get', { run: run.id })).run,
    ({ state, progress }) => state.kind === 'running' && (progress?.step ?? 0) > 0,
  )
}
