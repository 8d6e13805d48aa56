import { spawn } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunId, RunState } from '@shared/domain'
import { openStore, setRunState, setRunTrainer } from '../../../src/main/store'
import { openEngine, openReadyEngine, until } from './harness'
import { createScriptedLauncher, finished, metrics, started } from './scripted-trainer'

const recipe = { model: 'tiny', data: { dataset: 'reviews', maxLength: 32 } }

/**
 * A workspace as an engine leaves it that was killed during a run: some events committed, the
 * run marked as alive, its trainer gone.
 */
async function leaveRunning(
  state: RunState,
): Promise<{ readonly folder: string; readonly run: RunId; readonly journal: string }> {
  const launcher = createScriptedLauncher()
  const ready = await openReadyEngine(launcher)
  const run = await ready.call('runs.create', { project: 'Reviews', recipe, name: 'Left' })
  const trainer = await until(() => launcher.trainers[0], 'the trainer')
  trainer.record(started())
  trainer.record(metrics(1, 3))
  await until(
    async () => ((await ready.call('runs.get', { run: run.id })).run.steps === 3 ? true : null),
    'three steps',
  )
  trainer.exit()
  await until(async () => {
    const { run: now } = await ready.call('runs.get', { run: run.id })
    return now.state.kind === 'interrupted' ? now : null
  }, 'the end')
  await ready.engine.close()
  const store = openStore({
    file: join(ready.folder, 'graftbench.db'),
    backups: join(ready.folder, 'backups'),
  })
  setRunState(store.db, run.id, state)
  store.close()
  const journal = join(ready.folder, 'runs', run.id, 'events.ndjson')
  return { folder: ready.folder, run: run.id, journal }
}

const line = (seq: number, event: unknown): string =>
  `${JSON.stringify({ seq, time: Date.now(), event })}\n`

async function reopen(folder: string) {
  const opened = await openEngine(undefined, folder)
  await opened.engine.recovered
  return opened
}

describe('an engine after one that died', () => {
  it('commits what the journal holds beyond the database and marks the run interrupted', async () => {
    const { folder, run, journal } = await leaveRunning({ kind: 'running' })
    appendFileSync(journal, line(3, metrics(4, 7)))
    const { call } = await reopen(folder)
    const { run: found } = await call('runs.get', { run })
    expect(found).toMatchObject({
      steps: 7,
      state: { kind: 'interrupted', error: { code: 'engine.unavailable' } },
      resumable: false,
    })
    const [curve] = await call('runs.series', { run, names: ['train.loss'] })
    expect(curve?.step).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('leaves out a last line that was torn', async () => {
    const { folder, run, journal } = await leaveRunning({ kind: 'running' })
    const torn = line(4, metrics(6, 9)).slice(0, 40)
    appendFileSync(journal, line(3, metrics(4, 5)) + torn)
    const { call } = await reopen(folder)
    expect((await call('runs.get', { run })).run.steps).toBe(5)
    const log = await call('runs.log', { run })
    expect(log.some(({ level }) => level === 'warning')).toBe(false)
  })

  it('takes the end from the journal when the trainer had finished', async () => {
    const { folder, run, journal } = await leaveRunning({ kind: 'running' })
    appendFileSync(journal, line(3, finished(3)))
    const { call } = await reopen(folder)
    expect((await call('runs.get', { run })).run).toMatchObject({
      state: { kind: 'finished' },
      metrics: { 'test.accuracy': 0.5 },
    })
  })

  it('does not take the end of an earlier attempt for that of one that never began', async () => {
    const { folder, run, journal } = await leaveRunning({ kind: 'running' })
    appendFileSync(journal, line(3, finished(3)))
    const first = await reopen(folder)
    await first.engine.close()
    const files = { file: join(folder, 'graftbench.db'), backups: join(folder, 'backups') }
    const store = openStore(files)
    setRunState(store.db, run, { kind: 'starting' })
    store.close()
    const { call } = await reopen(folder)
    expect((await call('runs.get', { run })).run.state.kind).toBe('interrupted')
  })

  it('says which line of a journal is damaged, and shows every other run', async () => {
    const { folder, run, journal } = await leaveRunning({ kind: 'running' })
    appendFileSync(journal, 'garbage\n' + line(3, metrics(4, 5)))
    const { call } = await reopen(folder)
    const runs = await call('runs.list', {})
    expect(runs).toHaveLength(1)
    expect(runs[0]).toMatchObject({ steps: 3, state: { kind: 'interrupted' } })
    const log = await call('runs.log', { run })
    expect(log.at(-1)?.message).toMatch(/events\.ndjson, line 3 is damaged/)
  })

  it('never tells a run as running whose trainer is gone, from its first answer on', async () => {
    const { folder, run, journal } = await leaveRunning({ kind: 'running' })
    appendFileSync(journal, line(3, metrics(4, 7)))
    const { call } = await openEngine(undefined, folder)
    const { run: found } = await call('runs.get', { run })
    expect(found).toMatchObject({ steps: 7, state: { kind: 'interrupted' } })
  })

  it('lets a run be changed only once a trainer that still saves has ended', async () => {
    const { folder, run } = await leaveRunning({ kind: 'running' })
    const saving = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 700)', 'trainer'])
    const store = openStore({
      file: join(folder, 'graftbench.db'),
      backups: join(folder, 'backups'),
    })
    setRunTrainer(store.db, run, saving.pid ?? null)
    store.close()
    const { call } = await openEngine(undefined, folder)
    expect((await call('runs.get', { run })).run.state.kind).toBe('running')
    await call('runs.delete', { runs: [run] })
    expect(await call('runs.list', {})).toEqual([])
  })

  it('opens with a run folder that is gone', async () => {
    const { folder, run, journal } = await leaveRunning({ kind: 'stopping', to: 'stopped' })
    writeFileSync(journal, '')
    const { call } = await reopen(folder)
    expect((await call('runs.get', { run })).run.state).toEqual({ kind: 'stopped' })
    expect(readFileSync(journal, 'utf8')).toBe('')
  })
})
