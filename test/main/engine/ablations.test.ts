import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore, setRunState } from '../../../src/main/store'
import {
  ablationWhen,
  cellsOf,
  closeWith,
  create,
  finishWith,
  openWithPack,
  recipe,
} from './ablation-support'
import { ended, openEngine, until } from './harness'
import { createScriptedLauncher, started } from './scripted-trainer'

describe('an ablation', () => {
  it('writes its cells as runs in the queue and comes to a result', async () => {
    const { ready, pack, trainer } = await openWithPack()
    const { call } = ready
    const ablation = await create(ready)
    expect(ablation).toMatchObject({
      number: 1,
      name: 'moods on reviews',
      state: 'running',
      done: 0,
      total: 4,
      endedAt: null,
      packName: 'moods',
      packHash: pack.hash,
    })
    const runs = await call('runs.list', {})
    expect(runs.map(({ name }) => name).reverse()).toEqual([
      'moods on reviews · none · n=16 · seed 0',
      'moods on reviews · both · n=16 · seed 0',
      'moods on reviews · none · n=16 · seed 1',
      'moods on reviews · both · n=16 · seed 1',
    ])
    expect(runs.every((run) => run.ablation === ablation.id && run.tags.length === 0)).toBe(true)
    expect(runs.map((run) => run.packHash).reverse()).toEqual([null, pack.hash, null, pack.hash])
    expect(runs[0]?.recipe).toMatchObject({
      data: { trainRows: 16, validation: 0 },
      seeds: { data: 1, init: 1, dropout: 1 },
      checkpoint: { keep: 'none' },
    })
    finishWith(await trainer(0), 0.5, [true, false, true, false])
    finishWith(await trainer(1), 0.75, [true, true, true, false])
    await ablationWhen(ready, '1', ({ done }) => done === 2)
    const half = await call('ablations.get', { ablation: '1' })
    expect(half.ablation.state).toBe('running')
    expect(half.result.table.map(({ arm, mean, seeds }) => [arm, mean, seeds])).toEqual([
      ['none', 0.5, 1],
      ['both', 0.75, 1],
    ])
    finishWith(await trainer(2), 0.5, [true, false, false, true])
    finishWith(await trainer(3), 1, [true, true, true, true])
    const done = await ablationWhen(ready, '1', ({ state }) => state === 'finished')
    expect(done).toMatchObject({ done: 4, total: 4 })
    const { cells, result } = await call('ablations.get', { ablation: 'moods on reviews' })
    expect(cells.map(({ arm, seed, value }) => [arm, seed, value])).toEqual([
      ['none', 0, 0.5],
      ['both', 0, 0.75],
      ['none', 1, 0.5],
      ['both', 1, 1],
    ])
    expect(result.tests).toMatchObject([
      { arm: 'both', against: 'none', labels: 16, difference: 0.375, p: 0.5, seeds: 2 },
    ])
    expect(result.efficiency).toEqual([{ arm: 'both', labels: 16, needed: null, ratio: null }])
    const [listed] = await call('ablations.list', { project: 'Reviews' })
    expect(listed?.endedAt).toBeGreaterThanOrEqual(ablation.createdAt)
    await until(
      () =>
        ready.events.find(
          ({ event, payload }) =>
            event === 'ablation.changed' && payload.ablation.state === 'finished',
        ),
      'the word that it has finished',
    )
    const states = ready.events.flatMap(({ event, payload }) =>
      event === 'ablation.changed' ? payload.ablation.state : [],
    )
    expect(states[0]).toBe('running')
    expect(states.at(-1)).toBe('finished')
  })

  it('has one run for arms that come to the same recipe', async () => {
    const { ready, trainer } = await openWithPack()
    const ablation = await create(ready, {
      recipe: { ...recipe, train: 'auto' },
      arms: ['both', 'auto'],
      seeds: 1,
    })
    expect(ablation.total).toBe(1)
    finishWith(await trainer(0), 0.8)
    await ablationWhen(ready, '1', ({ state }) => state === 'finished')
    const { cells, result } = await ready.call('ablations.get', { ablation: '1' })
    expect(cells.map(({ arm, value }) => [arm, value])).toEqual([
      ['both', 0.8],
      ['auto', 0.8],
    ])
    expect(result.table.map(({ mean }) => mean)).toEqual([0.8, 0.8])
  })

  it('leaves each piece of the pack out of the last arm', async () => {
    const { ready } = await openWithPack()
    await create(ready, { seeds: 1, leaveOneOut: true })
    expect((await cellsOf(ready, '1')).map(({ arm }) => arm)).toEqual([
      'none',
      'both',
      'without lexicon:words',
      'without rule:joy',
    ])
    const [last] = await ready.call('runs.list', {})
    expect(last?.recipe.knowledge?.without).toEqual(['rule:joy'])
    await ready.call('ablations.stop', { ablation: '1' })
  })

  it('lets a run of a person’s own go before the cells that wait', async () => {
    const { ready, trainer } = await openWithPack()
    await create(ready)
    await trainer(0)
    const own = { project: 'Reviews', recipe: { ...recipe, knowledge: null } }
    await ready.call('runs.create', { ...own, name: 'First of mine' })
    await ready.call('runs.create', { ...own, name: 'Second of mine' })
    const waiting = (await ready.call('runs.list', {})).filter(
      ({ state }) => state.kind === 'queued',
    )
    const place = (run: (typeof waiting)[number]): number =>
      run.state.kind === 'queued' ? run.state.position : 0
    const order = waiting.sort((a, b) => place(a) - place(b)).map(({ name }) => name)
    expect(order).toEqual([
      'First of mine',
      'Second of mine',
      'moods on reviews · both · n=16 · seed 0',
      'moods on reviews · none · n=16 · seed 1',
      'moods on reviews · both · n=16 · seed 1',
    ])
    expect(new Set(waiting.map(place)).size).toBe(5)
    finishWith(await trainer(0), 0.5)
    finishWith(await trainer(1), 0.5)
    expect((await ended(ready, 'First of mine')).state.kind).toBe('finished')
  })

  it('goes on after a cell that failed, reports it, and tries it again when resumed', async () => {
    const { ready, trainer } = await openWithPack()
    const error = { code: 'trainer.lossNotFinite', message: 'The loss is not a number.' } as const
    await create(ready)
    const first = await trainer(0)
    first.record(started())
    first.record({ type: 'ended', outcome: { kind: 'failed', error } })
    first.exit()
    for (const [index, value] of [0.7, 0.6, 0.8].entries()) {
      finishWith(await trainer(index + 1), value)
    }
    const failed = await ablationWhen(ready, '1', ({ state }) => state === 'failed')
    expect(failed).toMatchObject({ done: 4, total: 4 })
    const { cells, result } = await ready.call('ablations.get', { ablation: '1' })
    expect(cells[0]).toMatchObject({ arm: 'none', seed: 0, state: 'failed', value: null })
    expect(result.table.map(({ arm, mean, seeds }) => [arm, mean, seeds])).toEqual([
      ['none', 0.6, 1],
      ['both', 0.8, 1],
    ])
    expect((await ready.call('ablations.resume', { ablation: '1' })).state).toBe('running')
    finishWith(await trainer(4), 0.5)
    expect(await ablationWhen(ready, '1', ({ state }) => state === 'finished')).toMatchObject({
      done: 4,
    })
    await expect(ready.call('ablations.resume', { ablation: '1' })).rejects.toMatchObject({
      code: 'ablation.stateInvalid',
    })
  })

  it('stops at once, keeps what is done and goes on with the rest', async () => {
    const { launcher, ready, trainer } = await openWithPack()
    await create(ready)
    finishWith(await trainer(0), 0.5)
    const second = await trainer(1)
    second.record(started())
    await ready.call('ablations.stop', { ablation: '1' })
    await expect(ready.call('ablations.resume', { ablation: '1' })).rejects.toMatchObject({
      code: 'ablation.stateInvalid',
      message: expect.stringContaining('still stopping') as string,
    })
    expect((await cellsOf(ready, '1')).map(({ state }) => state)).toEqual([
      'finished',
      'stopping',
      'paused',
      'paused',
    ])
    await until(
      () => second.commands.find(({ type }) => type === 'stop'),
      'the word to the trainer',
    )
    expect(second.commands.at(-1)).toEqual({ type: 'stop', to: 'paused' })
    second.exit()
    const stopped = await ablationWhen(ready, '1', ({ state }) => state === 'stopped')
    expect(stopped).toMatchObject({ done: 1, total: 4 })
    expect(stopped.endedAt).not.toBeNull()
    expect(launcher.trainers).toHaveLength(2)
    await expect(ready.call('ablations.stop', { ablation: '1' })).rejects.toMatchObject({
      code: 'ablation.stateInvalid',
    })
    const resumed = await ready.call('ablations.resume', { ablation: '1' })
    expect(resumed).toMatchObject({ state: 'running', endedAt: null })
    for (const index of [2, 3, 4]) finishWith(await trainer(index), 0.6)
    expect(await ablationWhen(ready, '1', ({ state }) => state === 'finished')).toMatchObject({
      done: 4,
    })
    expect(launcher.trainers).toHaveLength(5)
  })

  it('goes on by itself after its engine was closed in the middle of a cell', async () => {
    const { launcher, ready, trainer } = await openWithPack()
    const { name } = await create(ready)
    finishWith(await trainer(0), 0.5)
    const second = await trainer(1)
    second.record(started())
    await ablationWhen(ready, '1', ({ done }) => done === 1)
    await closeWith(ready.engine, launcher)
    const next = createScriptedLauncher()
    const again = await openEngine(next, ready.folder)
    for (const index of [0, 1, 2]) {
      finishWith(await until(() => next.trainers[index], `trainer ${index}`), 0.7)
    }
    const done = await ablationWhen(again, name, ({ state }) => state === 'finished')
    expect(done).toMatchObject({ done: 4, total: 4 })
    expect((await cellsOf(again, '1')).map(({ value }) => value)).toEqual([0.5, 0.7, 0.7, 0.7])
  })

  it('goes on with the cell that a killed engine was running', async () => {
    const { launcher, ready, trainer } = await openWithPack()
    await create(ready)
    finishWith(await trainer(0), 0.5)
    ;(await trainer(1)).record(started())
    await ablationWhen(ready, '1', ({ done }) => done === 1)
    const lost = (await cellsOf(ready, '1'))[1]?.run
    await closeWith(ready.engine, launcher)
    const files = { file: join(ready.folder, 'graftbench.db'), backups: ready.folder }
    const store = openStore(files)
    if (lost !== undefined) setRunState(store.db, lost, { kind: 'running' })
    store.close()
    const next = createScriptedLauncher()
    const again = await openEngine(next, ready.folder)
    const folders: string[] = []
    for (const index of [0, 1, 2]) {
      const each = await until(() => next.trainers[index], `trainer ${index}`)
      folders.push(basename(each.runFolder))
      finishWith(each, 0.7)
    }
    expect(folders).toContain(lost)
    await ablationWhen(again, '1', ({ state }) => state === 'finished')
    expect((await cellsOf(again, '1')).map(({ value }) => value)).toEqual([0.5, 0.7, 0.7, 0.7])
  })

  it('does not go on by itself when a person had stopped it', async () => {
    const { ready, trainer } = await openWithPack()
    await create(ready)
    const first = await trainer(0)
    first.record(started())
    await ready.call('ablations.stop', { ablation: '1' })
    const closing = ready.engine.close()
    first.exit()
    await closing
    const launcher = createScriptedLauncher()
    const again = await openEngine(launcher, ready.folder)
    await again.engine.recovered
    expect((await again.call('ablations.get', { ablation: '1' })).ablation.state).toBe('stopped')
    expect(launcher.trainers).toHaveLength(0)
    await again.call('ablations.resume', { ablation: '1' })
    await until(() => launcher.trainers[0], 'the first trainer after it was resumed')
    await closeWith(again.engine, launcher)
  })

  it('is deleted with its runs and folders, and holds what it needs until then', async () => {
    const { ready, trainer, pack } = await openWithPack()
    const { call } = ready
    await create(ready)
    const first = await trainer(0)
    await expect(call('ablations.delete', { ablation: '1' })).rejects.toMatchObject({
      code: 'ablation.stateInvalid',
    })
    await call('ablations.stop', { ablation: '1' })
    first.exit()
    await ablationWhen(ready, '1', ({ state }) => state === 'stopped')
    for (const refused of [
      () => call('datasets.delete', { dataset: 'reviews' }),
      () => call('packs.delete', { pack: pack.id }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'conflict' })
    }
    const runs = await call('runs.list', {})
    await call('runs.delete', { runs: runs.map(({ id }) => id) })
    await expect(call('datasets.delete', { dataset: 'reviews' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('ablation #1') as string,
    })
    await create(ready, { name: 'Second' })
    await call('ablations.stop', { ablation: 'Second' })
    const [cell] = await cellsOf(ready, 'Second')
    const folder = join(ready.folder, 'runs', cell?.run ?? '')
    ;(await trainer(1)).exit()
    await ablationWhen(ready, 'Second', ({ state }) => state === 'stopped')
    expect(existsSync(folder)).toBe(true)
    expect((await call('ablations.delete', { ablation: 'Second' })).bytes).toBeGreaterThan(0)
    expect(existsSync(folder)).toBe(false)
    expect(await call('runs.list', {})).toEqual([])
    await call('projects.delete', { project: 'Reviews' })
    expect(await call('ablations.list', {})).toEqual([])
    await call('datasets.delete', { dataset: 'reviews' })
    await call('packs.delete', { pack: pack.id })
  })
})

describe('an ablation that cannot be', () => {
  it('is refused by the name of the field', async () => {
    const { ready } = await openWithPack()
    const refusals = [
      [{ recipe: { ...recipe, knowledge: null } }, 'recipe.invalid', /knowledge\.pack/],
      [{ recipe: { ...recipe, knowledge: { pack: 'no such' } } }, 'recipe.invalid', /no such/],
      [{ labels: [16, 80] }, 'input.invalid', /labels: "reviews" has 72 rows to train on, not 80/],
      [{ metric: 'accuracy' }, 'input.invalid', /metric: there is no "accuracy"; take one of test/],
      [{ metric: 'test.f1.sad' }, 'input.invalid', /test\.f1\.sad/],
      [{ metric: 'validation.loss' }, 'input.invalid', /has no validation rows/],
      [{ arms: ['none'], leaveOneOut: true }, 'input.invalid', /leaveOneOut/],
      [{ arms: [] }, 'input.invalid', /arms/],
      [{ labels: [1] }, 'input.invalid', /labels/],
      [{ project: 'No such' }, 'notFound', /project "No such"/],
    ] as const
    for (const [input, code, message] of refusals) {
      await expect(
        create(ready, input as unknown as Parameters<typeof create>[1]),
      ).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
    }
    expect(await ready.call('ablations.list', {})).toEqual([])
    expect(await ready.call('runs.list', {})).toEqual([])
  })

  it('names what it does not find', async () => {
    const { ready } = await openWithPack()
    await expect(ready.call('ablations.get', { ablation: '7' })).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining('ablation "7"') as string,
    })
  })
})
