import { describe, expect, it } from 'vitest'
import { ended, openReadyEngine } from './harness'
import { realTrainer } from './real-trainer'

describe('what a run that tries ways first will take', () => {
  const launcher = realTrainer()

  it('is what such a run took on as many rows, and of no run before one did', async () => {
    const ready = await openReadyEngine(launcher())
    const { call } = ready
    const data = { dataset: 'reviews', maxLength: 32, trainRows: 24 }
    const recipe = { model: 'tiny', train: 'auto', maxSteps: 4, data }
    const unknown = { trials: true, basis: 'assumed' }
    const fixed = { ...recipe, train: 'all' }
    const before = await call('recipes.estimate', { recipe })
    expect(before).toMatchObject(unknown)
    // With what is tried.
    const { seconds: alone } = await call('recipes.estimate', { recipe: fixed })
    expect(before.seconds).toBeGreaterThan(alone)

    const { number } = await call('runs.create', { project: 'Reviews', recipe })
    const { seconds } = await ended(ready, String(number))
    expect(seconds).toBeGreaterThan(0)
    const known = { trials: true, seconds, basis: 'same-run' }
    expect(await call('recipes.estimate', { recipe })).toMatchObject(known)
    // A run that took its trials from the cache tells nothing.
    const again = await call('runs.create', { project: 'Reviews', recipe })
    await ended(ready, String(again.number))
    const { trials } = await call('runs.get', { run: String(again.number) })
    expect(trials?.reason).toMatch(/Another run had done \d+ steps of this before/)
    expect(await call('recipes.estimate', { recipe })).toMatchObject(known)
    const other = { ...recipe, seeds: { data: 3 } }
    expect(await call('recipes.estimate', { recipe: other })).toMatchObject(known)
    const longer = { ...recipe, data: { ...data, trainRows: 30 } }
    for (const changed of [longer, { ...recipe, epochs: 7 }, { ...recipe, dropout: 0.3 }]) {
      expect(await call('recipes.estimate', { recipe: changed })).toMatchObject(unknown)
    }
    expect(await call('recipes.estimate', { recipe: fixed })).toMatchObject({ trials: false })
  })
})
