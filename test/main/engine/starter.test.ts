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
    expect(starter.recipe.knowledge).toBeNull()
    expect(starter.pack).toMatchObject({
      name: 'valence',
      version: 2,
      labels: ['negative', 'positive'],
      licence: 'MIT',
      counts: { lexicons: 1, terms: 7494 },
    })
    const { content } = await call('packs.get', { pack: 'valence' })
    const [lexicon] = content.lexicons
    const weightOf = (term: string): number | undefined =>
      lexicon?.entries.find((each) => each.term === term)?.weight
    expect([':-)', "( '}{' )", 'lol', 'fav', 'great', ':-,'].map(weightOf)).toEqual([
      1.3, 1.6, 2.9, 2.4, 3.1, 1.1,
    ])
    expect(lexicon).toMatchObject({
      match: 'word',
      valence: { above: 'positive', below: 'negative' },
      negation: { window: 3, factor: -0.74 },
      intensifiers: { words: { very: 0.293, barely: -0.293 }, window: 3, decay: 0.95 },
      contrast: { words: ['but'] },
    })
    const report = await call('packs.check', { pack: 'valence', dataset: 'tweets' })
    expect(report.problems).toEqual([])
    expect(report.accuracy).toBeGreaterThan(0.85)
    expect(starter.estimate.testRows).toBe(800)
    expect(starter.estimate.trainRows + starter.estimate.validationRows).toBeGreaterThan(1000)
    expect(starter.estimate.seconds).toBeGreaterThan(10)

    const again = await make()
    expect(again.model.id).toBe(starter.model.id)
    expect(again.project.id).toBe(starter.project.id)
    expect(again.datasets.map(({ id }) => id)).toEqual(starter.datasets.map(({ id }) => id))
    expect(again.pack).toEqual(starter.pack)
    expect(await call('packs.list', {})).toHaveLength(1)
    expect(await call('models.list', {})).toHaveLength(1)
    expect(await call('datasets.list', {})).toHaveLength(2)
  }, 300_000)
})
