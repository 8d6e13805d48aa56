import { describe, expect, it } from 'vitest'
import type { StarterSummary } from '@shared/contract'
import { sharedCacheFolder } from '../../../src/main/platform/paths'
import { noTrainers, openEngine, resultOf } from './harness'

describe('the starter project', () => {
  it('has model, data and a first recipe, and is made once', async () => {
    const opened = await openEngine(noTrainers, undefined, sharedCacheFolder())
    const { call } = opened
    const make = (): Promise<StarterSummary> =>
      resultOf(opened, call('starter.create', { datasets: ['film', 'tweets'] }), 280_000)
    const starter = await make()
    expect(starter.project.name).toBe('Starter: film reviews')
    expect(starter.model).toMatchObject({
      name: 'all-MiniLM-L6-v2',
      family: 'bert',
      layers: 6,
      hiddenSize: 384,
      licence: 'apache-2.0',
    })
    expect(starter.model.parameters).toBeGreaterThan(22_000_000)
    expect(starter.datasets.map(({ name, labels }) => [name, labels])).toEqual([
      ['film', ['negative', 'positive']],
      ['tweets', ['negative', 'positive']],
    ])
    expect(starter.recipe).toMatchObject({ model: 'all-MiniLM-L6-v2', data: { dataset: 'film' } })
    expect(starter.estimate.testRows).toBe(800)
    expect(starter.estimate.trainRows + starter.estimate.validationRows).toBeGreaterThan(1000)
    expect(starter.estimate.seconds).toBeGreaterThan(10)

    const again = await make()
    expect(again.model.id).toBe(starter.model.id)
    expect(again.project.id).toBe(starter.project.id)
    expect(again.datasets.map(({ id }) => id)).toEqual(starter.datasets.map(({ id }) => id))
    expect(await call('models.list', {})).toHaveLength(1)
    expect(await call('datasets.list', {})).toHaveLength(2)
  }, 300_000)
})
