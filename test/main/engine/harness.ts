import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach } from 'vitest'
import type { InputOf, ProcedureName, ResultOf } from '@shared/contract'
import type { Dataset, Job, Model, Project, Run } from '@shared/domain'
import { fromErrorPayload } from '@shared/errors'
import type { EventMessage } from '@shared/rpc'
import type { Engine, Launcher } from '../../../src/main/engine/public'
import { createEngine } from '../../../src/main/engine/public'

const cleanups: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export const onCleanup = (cleanup: () => Promise<void> | void): void => {
  cleanups.push(cleanup)
}

/** A folder of this test, removed after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'graftbench-engine-'))
  onCleanup(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const noTrainers: Launcher = {
  startTrainer: () => Promise.reject(new Error('This test starts no trainer.')),
}

export interface TestEngine {
  readonly engine: Engine
  readonly folder: string
  readonly events: EventMessage[]
  call<P extends ProcedureName>(procedure: P, input: InputOf<P>): Promise<ResultOf<P>>
}

/** An engine on real files; closed after the test. */
export async function openEngine(
  launcher: Launcher = noTrainers,
  folder = temporaryFolder(),
  cacheFolder = join(folder, 'shared-cache'),
): Promise<TestEngine> {
  const engine = await createEngine({
    workspace: folder,
    launcher,
    version: '0.0.0-test',
    cacheFolder,
  })
  onCleanup(() => engine.close())
  const events: EventMessage[] = []
  engine.subscribe((event) => events.push(event))
  return {
    engine,
    folder,
    events,
    call: <P extends ProcedureName>(procedure: P, input: InputOf<P>) =>
      engine.call(procedure, input) as Promise<ResultOf<P>>,
  }
}

/** Waits until `found` gives something; fails after a while. */
export async function until<T>(
  found: () => T | null | undefined | Promise<T | null | undefined>,
  what: string,
  withinMs = 45_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await found()
    if (value !== null && value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** The result of a job; fails with its error. */
export async function resultOf<T>(
  { call }: Pick<TestEngine, 'call'>,
  started: Promise<Job>,
  withinMs?: number,
): Promise<T> {
  const { id } = await started
  const look = async (): Promise<Job | null> => {
    const job = await call('jobs.get', { job: id })
    return job.state.kind === 'running' ? null : job
  }
  const { state } = await until(look, `job ${id}`, withinMs)
  if (state.kind === 'failed') throw fromErrorPayload(state.error)
  if (state.kind !== 'finished') throw new Error(`The job is ${state.kind}.`)
  return state.result as T
}

export const fixture = (name: string): string =>
  resolve(import.meta.dirname, '../../fixtures/parity', name)

const praise = ['good', 'fine', 'great', 'a joy', 'warm']
const blame = ['bad', 'dull', 'poor', 'a bore', 'cold']
const subjects = ['the film', 'this story', 'its end', 'the cast', 'a scene']

/** Rows that speak well or ill of something, as a CSV file. */
export function writeReviews(file: string, count: number): string {
  const lines = Array.from({ length: count }, (_, row) => {
    const words = row % 3 === 0 ? blame : praise
    const label = row % 3 === 0 ? 'negative' : 'positive'
    const subject = subjects[(row * 7) % subjects.length] ?? ''
    return `"${subject} is ${words[row % words.length] ?? ''}, ${row}",${label}`
  })
  writeFileSync(file, `text,label\n${lines.join('\n')}\n`)
  return file
}

export interface Ready extends TestEngine {
  readonly model: Model
  readonly dataset: Dataset
  readonly project: Project
}

/** An engine with a project, a tiny model and a small dataset. */
export async function openReadyEngine(launcher: Launcher, folder?: string): Promise<Ready> {
  const opened = await openEngine(launcher, folder)
  const { call } = opened
  const file = writeReviews(join(opened.folder, 'reviews.csv'), 90)
  const model = await resultOf<Model>(
    opened,
    call('models.import', { path: fixture('bert-classify'), name: 'tiny' }),
  )
  const dataset = await resultOf<Dataset>(
    opened,
    call('datasets.import', { files: [{ path: file }], roles: { text: 'text', label: 'label' } }),
  )
  const project = await call('projects.create', { name: 'Reviews' })
  return { ...opened, model, dataset, project }
}

/** The run when it has come to rest. */
export const ended = ({ call }: Pick<TestEngine, 'call'>, run: string): Promise<Run> =>
  until(async () => {
    const { run: now } = await call('runs.get', { run })
    const { kind } = now.state
    const moving = ['queued', 'starting', 'running', 'stopping'].includes(kind)
    return moving ? null : now
  }, `the end of run ${run}`)
