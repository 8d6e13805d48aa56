import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dataset, Job, Model, Run, Series } from '@shared/domain'
import { isAlive } from '../../../src/main/engine/process-state'
import { engineSocket } from '../../../src/main/engine/workspace'
import { childChannel } from '../../../src/main/platform/channel'
import type { EngineClient } from '../../../src/main/platform/engine-client'
import { attachEngine, createEngineClient } from '../../../src/main/platform/engine-client'
import type { EngineToHost } from '../../../src/main/platform/hostProtocol'
import { isEngineToHost } from '../../../src/main/platform/hostProtocol'
import { sharedCacheFolder } from '../../../src/main/platform/paths'
import { bundleEngine, type EngineBundle } from './bundle'
import { fixture, onCleanup, temporaryFolder, until, writeReviews } from './harness'

const recipe = {
  model: 'tiny',
  data: { dataset: 'reviews', maxLength: 32 },
  epochs: 200,
  batch: { size: 8 },
  checkpoint: { everySteps: 3 },
}

interface EngineProcess {
  readonly child: ChildProcess
  readonly client: EngineClient
  readonly told: EngineToHost[]
  readonly exited: Promise<number | null>
}

describe('the engine as a process', () => {
  let bundle: EngineBundle
  beforeAll(async () => {
    bundle = await bundleEngine()
  })
  afterAll(() => bundle.remove())

  const start = async (workspace: string): Promise<EngineProcess> => {
    const entry = join(bundle.folder, 'engine.cjs')
    const child = fork(entry, ['--workspace', workspace, '--cache', sharedCacheFolder()], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    onCleanup(() => {
      child.kill('SIGKILL')
    })
    const channel = childChannel(child)
    const told: EngineToHost[] = []
    channel.onMessage((message) => {
      if (isEngineToHost(message)) told.push(message)
    })
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
    await until(() => told[0], 'the engine')
    return { child, client: createEngineClient(channel), told, exited }
  }
  const finish = async <T>(client: EngineClient, started: Promise<Job>): Promise<T> => {
    const { id } = await started
    const job = await until(async () => {
      const now = await client.call('jobs.get', { job: id })
      return now.state.kind === 'running' ? null : now
    }, 'a job')
    if (job.state.kind !== 'finished') throw new Error(JSON.stringify(job.state))
    return job.state.result as T
  }
  const prepare = async (client: EngineClient, folder: string): Promise<Run> => {
    await finish<Model>(
      client,
      client.call('models.import', { path: fixture('bert-classify'), name: 'tiny' }),
    )
    const file = writeReviews(join(folder, 'reviews.csv'), 90)
    await finish<Dataset>(client, client.call('datasets.import', { files: [{ path: file }] }))
    await client.call('projects.create', { name: 'Reviews' })
    return client.call('runs.create', { project: 'Reviews', recipe })
  }

  it('never loads TensorFlow, and its trainer never opens the database', () => {
    const engine = nativePackages(bundle.folder, 'engine.cjs')
    const trainer = nativePackages(bundle.folder, 'trainer.cjs')
    expect([...engine]).toEqual(['better-sqlite3'])
    expect([...trainer]).toEqual(['@tensorflow/tfjs-node-gpu'])
  })

  it('lets a second client in over its socket, for this user alone', async () => {
    const folder = temporaryFolder()
    const engine = await start(folder)
    expect(engine.told[0]).toMatchObject({ type: 'ready', workspace: folder })
    const path = engineSocket(folder)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const second = await attachEngine(path)
    if (second === null) throw new Error('Nobody listens.')
    const seen: string[] = []
    second.on('projects.changed', () => seen.push('projects.changed'))
    await engine.client.call('projects.create', { name: 'Shared' })
    expect((await second.call('projects.list', {})).map((each) => each.name)).toEqual(['Shared'])
    expect(seen).toEqual(['projects.changed'])
    await expect(second.forward('projects.get', { project: 'x' })).rejects.toMatchObject({
      code: 'notFound',
    })
    second.close()

    const rude = connect(path)
    rude.write('this is not JSON\n')
    await new Promise((resolve) => rude.on('close', resolve))
    expect((await engine.client.call('system.info', {})).workspace).toBe(folder)
  })

  it('tells why it cannot start, and ends', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const second = await start(folder)
    expect(second.told[0]).toMatchObject({
      type: 'failed',
      error: { code: 'workspace.locked', details: { pid: first.child.pid } },
    })
    expect(await second.exited).toBe(1)
  })

  it('ends its trainer with a checkpoint when it is asked to close', async () => {
    const folder = temporaryFolder()
    const { client, child, told, exited } = await start(folder)
    const run = await prepare(client, folder)
    await until(async () => {
      const now = await client.call('runs.get', { run: run.id })
      return now.run.steps > 3 ? now : null
    }, 'some steps')
    child.send({ type: 'shutdown' })
    expect(await exited).toBe(0)
    expect(told.at(-1)).toEqual({ type: 'closed' })
    const again = await start(folder)
    const { run: closed } = await again.client.call('runs.get', { run: run.id })
    expect(closed).toMatchObject({ state: { kind: 'interrupted' }, resumable: true })
  })

  it('loses nothing that it acknowledged when it is killed, and its trainer saves and ends', async () => {
    const folder = temporaryFolder()
    let engine = await start(folder)
    const run = await prepare(engine.client, folder)
    let steps = 0
    for (let round = 0; round < 3; round += 1) {
      const acknowledged = new Map<number, number>()
      engine.client.on('run.metrics', ({ series }) => {
        const loss = series.find((each: Series) => each.name === 'train.loss')
        loss?.step.forEach((step, at) => acknowledged.set(step, loss.value[at] ?? NaN))
      })
      await until(() => (acknowledged.size > 3 ? true : null), 'acknowledged steps')
      await new Promise((resolve) => setTimeout(resolve, 137 * round))
      const pid = trainerPid(folder)
      engine.child.kill('SIGKILL')
      await engine.exited
      const file = join(folder, 'graftbench.db')
      const database = new Database(file)
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      database.close()

      engine = await start(folder)
      const { client } = engine
      const interrupted = await until(async () => {
        const now = await client.call('runs.get', { run: run.id })
        return now.run.state.kind === 'interrupted' ? now.run : null
      }, 'the interrupted run')
      expect(isAlive(pid)).toBe(false)
      expect(interrupted.resumable).toBe(true)
      expect(interrupted.steps).toBeGreaterThan(steps)
      steps = interrupted.steps
      const [curve] = await client.call('runs.series', { run: run.id, names: ['train.loss'] })
      expect(curve?.step).toEqual(Array.from({ length: steps }, (_, index) => index + 1))
      for (const [step, value] of acknowledged) expect(curve?.value[step - 1]).toBe(value)
      await client.call('runs.resume', { run: run.id })
    }
  }, 180_000)
})

function trainerPid(folder: string): number {
  const database = new Database(join(folder, 'graftbench.db'), { readonly: true })
  const pid: unknown = database.prepare('SELECT trainer_pid FROM runs').pluck().get()
  database.close()
  if (typeof pid !== 'number') throw new Error('No trainer is recorded.')
  return pid
}

/** Native packages that an entry and its chunks name. */
function nativePackages(folder: string, entry: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, name = ''] of text.matchAll(/["'](@tensorflow\/[\w-]+|better-sqlite3)["']/g)) {
      packages.add(name)
    }
    for (const [, name = ''] of text.matchAll(/require\(["'](\.[^"']+)["']\)/g)) {
      visit(join(dirname(file), name))
    }
  }
  visit(join(folder, entry))
  return packages
}
