import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ablationWhen, addPack, create, recipe } from './ablation-support'
import { openReadyEngine } from './harness'
import { realTrainer } from './real-trainer'

describe('an ablation with a real trainer', () => {
  const launcher = realTrainer()

  it('compares arms on the same rows and keeps no weights', async () => {
    const ready = await openReadyEngine(launcher())
    await addPack(ready)
    await create(ready, {
      recipe: { ...recipe, epochs: 1, batch: { size: 8 } },
      arms: ['none', 'prediction'],
      leaveOneOut: true,
    })
    const ablation = await ablationWhen(
      ready,
      '1',
      ({ state }) => state !== 'running',
      'the end of the ablation',
      240_000,
    )
    const { cells, result } = await ready.call('ablations.get', { ablation: '1' })
    const runs = await ready.call('runs.list', {})
    expect(runs.flatMap(({ state }) => ('error' in state ? state.error.message : []))).toEqual([])
    expect(ablation).toMatchObject({ state: 'finished', done: 8, total: 8 })
    expect(result.table.map(({ arm, seeds }) => [arm, seeds])).toEqual([
      ['none', 2],
      ['prediction', 2],
      ['without lexicon:words', 2],
      ['without rule:joy', 2],
    ])
    expect(result.tests.map(({ arm, against }) => [arm, against])).toEqual([
      ['prediction', 'none'],
      ['without lexicon:words', 'prediction'],
      ['without rule:joy', 'prediction'],
    ])
    for (const { p } of result.tests) expect(p).toBeGreaterThanOrEqual(0.5)
    for (const { run, value } of cells) {
      const folder = join(ready.folder, 'runs', run)
      expect(value).toBeGreaterThan(0)
      expect(readdirSync(join(folder, 'predictions'))).toContain('test.jsonl')
      expect(existsSync(join(folder, 'recipe.yaml'))).toBe(true)
      expect(existsSync(join(folder, 'checkpoints', 'best'))).toBe(false)
    }
  }, 300_000)
})
