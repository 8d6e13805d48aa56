import { describe, expect, it } from 'vitest'
import type { Run } from '@shared/domain'
import { ended, openReadyEngine, until } from './harness'
import type { Ready } from './harness'
import type { ScriptedTrainer } from './scripted-trainer'
import { createScriptedLauncher, finished, metrics, started } from './scripted-trainer'

const recipe = { model: 'tiny', data: { dataset: 'reviews', maxLength: 32 } }

const create = ({ call }: Ready, name: string): Promise<Run> =>
  call('runs.create', { project: 'Reviews', recipe, name })

describe('the queue of runs', () => {
  const launcherAnd = async () => {
    const launcher = createScriptedLauncher()
    const ready = await openReadyEngine(launcher)
    const trainer = (index: number): Promise<ScriptedTrainer> =>
      until(() => launcher.trainers[index], `trainer ${index}`)
    return { launcher, ready, trainer }
  }
  const finish = (trainer: ScriptedTrainer): void => {
    trainer.record(started())
    trainer.record(metrics(1, 4))
    trainer.record(finished(4))
    trainer.exit()
  }

  it('trains one run at a time, in the order that a person gave it', async () => {
    const { launcher, ready, trainer } = await launcherAnd()
    const { call } = ready
    await create(ready, 'A')
    await trainer(0)
    for (const name of ['B', 'C', 'D']) await create(ready, name)
    const queue = await call('runs.reorder', { runs: ['D', 'B'] })
    expect(queue.map((run) => run.name)).toEqual(['D', 'B', 'C'])
    await expect(call('runs.reorder', { runs: ['A'] })).rejects.toMatchObject({
      code: 'run.stateInvalid',
    })
    const order: string[] = []
    for (let index = 0; index < 4; index += 1) {
      const current = await trainer(index)
      order.push(current.runFolder.split('/').at(-1) ?? '')
      finish(current)
    }
    const names = await Promise.all(order.map(async (id) => (await ended(ready, id)).name))
    expect(names).toEqual(['A', 'D', 'B', 'C'])
    expect(launcher.most()).toBe(1)
  })

  it('commits what the trainer journalled even when the message was lost', async () => {
    const { ready, trainer } = await launcherAnd()
    const run = await create(ready, 'Lost')
    const one = await trainer(0)
    one.record(started())
    one.record(metrics(1, 5))
    one.record(metrics(6, 9), { tell: false })
    one.record(finished(9), { tell: false })
    one.exit()
    const done = await ended(ready, run.id)
    expect(done).toMatchObject({ state: { kind: 'finished' }, steps: 9 })
    const [curve] = await ready.call('runs.series', { run: run.id, names: ['train.loss'] })
    expect(curve?.step).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const seen = ready.events.flatMap((message) =>
      message.event === 'run.metrics' ? message.payload.series[0]?.step : [],
    )
    expect(seen).toEqual(curve?.step)
  })

  it('stops and pauses runs that wait without starting a trainer', async () => {
    const { launcher, ready, trainer } = await launcherAnd()
    await create(ready, 'A')
    await trainer(0)
    const waiting = await create(ready, 'B')
    expect((await ready.call('runs.pause', { run: 'B' })).state).toEqual({ kind: 'paused' })
    await expect(ready.call('runs.stop', { run: 'B' })).rejects.toMatchObject({
      code: 'run.stateInvalid',
    })
    expect((await ready.call('runs.resume', { run: 'B' })).state.kind).toBe('queued')
    await ready.call('runs.delete', { runs: ['B'] })
    await expect(ready.call('runs.get', { run: waiting.id })).rejects.toMatchObject({
      code: 'notFound',
    })
    finish(await trainer(0))
    await ended(ready, 'A')
    expect(launcher.trainers).toHaveLength(1)
  })

  it('names the reason when a trainer cannot start, and goes on with the next run', async () => {
    const launcher = createScriptedLauncher()
    let starts = 0
    const ready = await openReadyEngine({
      startTrainer: () => {
        starts += 1
        if (starts === 1) return Promise.reject(new Error('no such program'))
        return launcher.startTrainer()
      },
    })
    await create(ready, 'A')
    await create(ready, 'B')
    expect((await ended(ready, 'A')).state).toMatchObject({
      kind: 'failed',
      error: { message: 'no such program' },
    })
    finish(await until(() => launcher.trainers[0], 'the trainer of B'))
    expect((await ended(ready, 'B')).state).toEqual({ kind: 'finished' })
  })

  it('tells a crash with what the process wrote last', async () => {
    const { ready, trainer } = await launcherAnd()
    const run = await create(ready, 'Crash')
    const one = await trainer(0)
    one.record(started())
    one.exit({ code: null, signal: 'SIGSEGV', stderr: 'loading\nIllegal instruction in MatMul' })
    expect((await ended(ready, run.id)).state).toMatchObject({
      kind: 'interrupted',
      error: {
        code: 'trainer.crashed',
        message: expect.stringContaining('Illegal instruction in MatMul') as string,
        details: { signal: 'SIGSEGV' },
      },
    })
  })

  it('shows the same event once, however often it is told', async () => {
    const { ready, trainer } = await launcherAnd()
    const run = await create(ready, 'Twice')
    const one = await trainer(0)
    one.record(started())
    one.record(metrics(1, 3))
    const again = { seq: 2, time: 1, event: metrics(1, 3) }
    one.send({ type: 'event', recorded: again })
    one.record(finished(3))
    one.exit()
    await ended(ready, run.id)
    const [curve] = await ready.call('runs.series', { run: run.id, names: ['train.loss'] })
    expect(curve?.rawPoints).toBe(3)
  })
})
