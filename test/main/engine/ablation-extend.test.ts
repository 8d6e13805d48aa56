import { ablationArms } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { ablationWhen, cellsOf, create, finishWith, openWithPack } from './ablation-support'
import { started } from './scripted-trainer'

describe('further seeds of an ablation', () => {
  it('takes further seeds to those that there are, whatever its data are called by then', async () => {
    const { ready, trainer } = await openWithPack()
    const { call } = ready
    await create(ready, { leaveOneOut: true, seeds: 1 })
    for (const index of [0, 1, 2, 3]) finishWith(await trainer(index), 0.5)
    await ablationWhen(ready, '1', ({ state }) => state === 'finished')
    await expect(call('ablations.extend', { ablation: '1', seeds: 1 })).rejects.toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('#1 has 1 already') as string,
    })
    await call('datasets.rename', { dataset: 'reviews', name: 'old reviews' })
    const extended = await call('ablations.extend', { ablation: '1', seeds: 3 })
    expect(extended).toMatchObject({ state: 'running', seeds: 3, done: 4, total: 12 })
    for (const index of [4, 5, 6, 7, 8, 9, 10, 11]) finishWith(await trainer(index), 0.75)
    await ablationWhen(ready, '1', ({ state }) => state === 'finished')
    const { cells, result } = await call('ablations.get', { ablation: '1' })
    expect(cells.map(({ seed }) => seed)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    expect(cells.slice(4, 8).map(({ arm }) => arm)).toEqual([
      ...['none', 'both', 'without lexicon:words', 'without rule:joy'],
    ])
    expect(result.table[0]).toMatchObject({ arm: 'none', seeds: 3 })
    expect(result.table[0]?.mean).toBeCloseTo(2 / 3)
    const [last, ...others] = await call('runs.list', {})
    expect(last).toMatchObject({
      name: 'moods on reviews · without rule:joy · n=16 · seed 2',
      datasetName: 'old reviews',
      recipe: { seeds: { data: 2 }, knowledge: { without: ['rule:joy'] } },
    })
    expect(new Set(others.map(({ recipe: { data } }) => data.dataset)).size).toBe(1)
  })

  it('takes seeds once that are asked for twice at the same time', async () => {
    const { ready, trainer } = await openWithPack()
    await create(ready, { leaveOneOut: true, seeds: 1 })
    const first = await trainer(0)
    first.record(started())
    const extend = () => ready.call('ablations.extend', { ablation: '1', seeds: 2 })
    const answers = await Promise.allSettled([extend(), extend()])
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const { ablation, cells } = await ready.call('ablations.get', { ablation: '1' })
    expect(ablation).toMatchObject({ seeds: 2, total: 8 })
    expect(cells.map(({ seed }) => seed)).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
    await ready.call('ablations.stop', { ablation: '1' })
    first.exit()
  })

  it('takes seeds where its last run finished although it was stopped', async () => {
    const { ready, trainer } = await openWithPack()
    const { call } = ready
    await create(ready, { seeds: 1 })
    finishWith(await trainer(0), 0.5)
    const last = await trainer(1)
    last.record(started())
    await call('ablations.stop', { ablation: '1' })
    finishWith(last, 0.6)
    await ablationWhen(ready, '1', ({ state }) => state === 'finished')
    expect(await call('ablations.extend', { ablation: '1', seeds: 2 })).toMatchObject({
      state: 'running',
    })
    for (const index of [2, 3]) finishWith(await trainer(index), 0.6)
    await ablationWhen(ready, '1', ({ state }) => state === 'finished')
  })

  it('leaves what failed where seeds are added, and refuses more than can be wanted', async () => {
    const { ready, trainer } = await openWithPack()
    const { call } = ready
    const labels = Array.from({ length: 15 }, (_, at) => 16 + at)
    await create(ready, { arms: [...ablationArms], labels: [16] })
    const error = { code: 'trainer.lossNotFinite', message: 'The loss is not a number.' } as const
    const first = await trainer(0)
    first.record(started())
    first.record({ type: 'ended', outcome: { kind: 'failed', error } })
    first.exit()
    await ablationWhen(ready, '1', ({ done }) => done === 1)
    await expect(call('ablations.extend', { ablation: '1', seeds: 3 })).resolves.toMatchObject({
      seeds: 3,
    })
    expect((await cellsOf(ready, '1'))[0]).toMatchObject({ state: 'failed' })
    await call('ablations.stop', { ablation: '1' })
    await create(ready, {
      name: 'Wide',
      leaveOneOut: true,
      seeds: 1,
      labels,
      arms: [...ablationArms],
    })
    await expect(call('ablations.extend', { ablation: 'Wide', seeds: 100 })).rejects.toMatchObject({
      message: expect.stringContaining('ablations.extend: seeds: arms') as string,
    })
    await call('ablations.stop', { ablation: 'Wide' })
  })

  it('goes on with the rest where seeds are added after it was stopped', async () => {
    const { ready, trainer } = await openWithPack()
    const { call } = ready
    await create(ready, { seeds: 1 })
    const first = await trainer(0)
    first.record(started())
    await call('ablations.stop', { ablation: '1' })
    await expect(call('ablations.extend', { ablation: '1', seeds: 2 })).rejects.toMatchObject({
      code: 'ablation.stateInvalid',
    })
    expect((await call('ablations.get', { ablation: '1' })).ablation).toMatchObject({ seeds: 1 })
    first.exit()
    await ablationWhen(ready, '1', ({ state }) => state === 'stopped')
    await call('ablations.extend', { ablation: '1', seeds: 2 })
    for (const index of [1, 2, 3, 4]) finishWith(await trainer(index), 0.6)
    expect(await ablationWhen(ready, '1', ({ state }) => state === 'finished')).toMatchObject({
      ...{ done: 4, total: 4, seeds: 2 },
    })
  })
})
