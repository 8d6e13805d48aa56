import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PredictionFile } from '@shared/contract'
import type { Artifact } from '@shared/domain'
import { ended, openEngine, openReadyEngine, resultOf, until } from './harness'
import { realTrainer } from './real-trainer'

const recipe = {
  model: 'tiny',
  data: { dataset: 'reviews', validation: 0.2, test: 0.2, maxLength: 32 },
  epochs: 2,
  batch: { size: 8 },
  optimizer: { learningRate: 1e-3 },
}

describe('the main job with a real trainer', () => {
  const launcher = realTrainer()

  it('trains, compares, predicts, exports and deletes', async () => {
    const ready = await openReadyEngine(launcher())
    const { call, events, folder } = ready
    const estimate = await call('recipes.estimate', { recipe })
    expect(estimate).toMatchObject({ trainRows: 54, validationRows: 18, testRows: 18 })
    const first = await call('runs.create', { project: 'Reviews', recipe })
    const second = await call('runs.create', {
      project: 'Reviews',
      recipe: { ...recipe, train: 'head', seeds: { init: 3 } },
      name: 'Head only',
    })
    expect([first.number, second.number]).toEqual([1, 2])

    const run = await ended(ready, first.id)
    expect(run.state).toEqual({ kind: 'finished' })
    expect(run.steps).toBe(estimate.totalSteps)
    expect(run.metrics['test.accuracy']).toBeGreaterThanOrEqual(0)
    expect(run.machine?.tensorflow).toMatch(/^2\./)
    expect((await ended(ready, '2')).state.kind).toBe('finished')

    const detail = await call('runs.get', { run: '1' })
    expect(detail.seriesNames).toContain('train.loss')
    expect(detail.confusions.map((each) => each.split).sort()).toEqual(['test', 'validation'])
    expect(detail.examples.length).toBeGreaterThan(0)
    expect(readFileSync(join(detail.folder, 'recipe.yaml'), 'utf8')).toBe(detail.yaml)
    const [curve] = await call('runs.series', { run: '1', names: ['train.loss'] })
    expect(curve?.step.length).toBe(run.steps)
    expect(curve?.raw).toBe(true)
    const kinds = new Set(events.map((event) => event.event))
    expect([...kinds]).toEqual(
      expect.arrayContaining(['run.changed', 'run.metrics', 'run.progress', 'run.log']),
    )

    const longer = await call('runs.extend', { run: '2', epochs: 1 })
    expect(longer.recipe.epochs).toBe(3)
    const extended = await ended(ready, '2')
    expect(extended.state).toEqual({ kind: 'finished' })
    expect(extended.steps).toBe(run.steps * 1.5)

    const comparison = await call('runs.compare', { runs: ['1', '2'], baseline: '2' })
    expect(comparison.baseline).toBe(1)
    expect(comparison.differences).toEqual([
      { path: 'train', values: ['all', 'head'] },
      { path: 'epochs', values: [2, 3] },
      { path: 'seeds.init', values: [0, 3] },
    ])
    const accuracy = comparison.metrics.find((each) => each.metric === 'test.accuracy')
    expect(accuracy?.deltas[0]).toBeCloseTo(
      (accuracy?.values[0] ?? 0) - (accuracy?.values[1] ?? 0),
      12,
    )
    const verdicts = await call('runs.errors', { runs: ['1', '2'] })
    expect(verdicts.total).toBe(18)
    expect(verdicts.rows[0]?.verdicts).toHaveLength(2)

    const [answer] = await call('predictions.predict', {
      predictor: { kind: 'run', run: '1' },
      inputs: [{ text: 'the film is great' }],
    })
    expect(answer?.labels).toEqual(['negative', 'positive'])
    expect((answer?.probabilities ?? []).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5)

    const output = join(folder, 'predicted.csv')
    const written = await resultOf<PredictionFile>(
      ready,
      call('predictions.file', {
        predictor: { kind: 'run', run: '1' },
        input: join(folder, 'reviews.csv'),
        output,
      }),
    )
    expect(written.rows).toBe(90)
    const lines = readFileSync(output, 'utf8').split('\r\n')
    expect(lines[0]).toBe(
      'text,input.label,label,probability.negative,probability.positive,logit.negative,logit.positive',
    )
    expect(lines).toHaveLength(92)
    await expect(
      resultOf(
        ready,
        call('predictions.file', {
          predictor: { kind: 'run', run: '1' },
          input: join(folder, 'reviews.csv'),
          output,
        }),
      ),
    ).rejects.toMatchObject({ code: 'file.exists' })

    const target = join(folder, 'exported')
    const artifact = await resultOf<Artifact>(
      ready,
      call('exports.create', { run: '1', format: 'hf', output: target }),
    )
    expect(artifact.rowsChecked).toBe(18)
    expect(artifact.largestDifference).toBeLessThanOrEqual(1e-4)
    const config: unknown = JSON.parse(readFileSync(join(target, 'config.json'), 'utf8'))
    expect(config).toMatchObject({ id2label: { 0: 'negative', 1: 'positive' } })
    expect(readFileSync(join(target, 'README.md'), 'utf8')).toContain('test.accuracy')
    await expect(
      call('exports.create', { run: '1', format: 'hf', output: target }),
    ).rejects.toMatchObject({ code: 'export.exists' })
    await resultOf(
      ready,
      call('exports.create', { run: '1', format: 'hf', output: target, overwrite: true }),
    )
    expect(await call('exports.list', { run: '1' })).toHaveLength(1)
    const precious = join(folder, 'precious')
    mkdirSync(precious)
    writeFileSync(join(precious, 'thesis.txt'), 'mine')
    await expect(
      call('exports.create', { run: '1', format: 'hf', output: precious, overwrite: true }),
    ).rejects.toMatchObject({ code: 'export.exists' })

    await expect(call('models.delete', { model: 'tiny' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(call('datasets.delete', { dataset: 'reviews' })).rejects.toMatchObject({
      code: 'conflict',
    })
    const freed = await call('runs.delete', { runs: ['1', '2'] })
    expect(freed.bytes).toBeGreaterThan(10_000)
    expect(existsSync(detail.folder)).toBe(false)
    expect((await call('models.delete', { model: 'tiny' })).bytes).toBe(ready.model.bytes)
    expect((await call('datasets.delete', { dataset: 'reviews' })).bytes).toBeGreaterThan(0)
    expect(await call('runs.list', {})).toEqual([])
  }, 180_000)

  it('pauses, resumes, extends, and keeps one curve over all attempts', async () => {
    const ready = await openReadyEngine(launcher())
    const { call } = ready
    const long = { ...recipe, epochs: 40, checkpoint: { everySteps: 5 } }
    const run = await call('runs.create', { project: 'Reviews', recipe: long })
    await until(async () => {
      const { run: now } = await call('runs.get', { run: run.id })
      return now.steps >= 8 ? now : null
    }, 'some steps')
    await expect(call('runs.delete', { runs: [run.id] })).rejects.toMatchObject({
      code: 'run.stateInvalid',
    })
    expect((await call('runs.pause', { run: run.id })).state).toEqual({
      kind: 'stopping',
      to: 'paused',
    })
    const paused = await ended(ready, run.id)
    expect(paused.state).toEqual({ kind: 'paused' })
    expect(paused.resumable).toBe(true)
    await call('runs.resume', { run: run.id })
    await until(async () => {
      const { run: now } = await call('runs.get', { run: run.id })
      return now.steps > paused.steps ? now : null
    }, 'more steps')
    await call('runs.stop', { run: run.id })
    const stopped = await ended(ready, run.id)
    expect(stopped.state).toEqual({ kind: 'stopped' })
    const [curve] = await call('runs.series', { run: run.id, names: ['train.loss'] })
    expect(curve?.step).toEqual(Array.from({ length: stopped.steps }, (_, index) => index + 1))
  }, 120_000)

  it('names what killed a trainer, and the run goes on from its checkpoint', async () => {
    let pid = 0
    const ready = await openReadyEngine({
      startTrainer: async () => {
        const trainer = await launcher().startTrainer()
        pid = trainer.pid
        return trainer
      },
    })
    const { call } = ready
    const long = { ...recipe, epochs: 40, checkpoint: { everySteps: 2 } }
    const run = await call('runs.create', { project: 'Reviews', recipe: long })
    await until(async () => {
      const { run: now, checkpoints } = await call('runs.get', { run: run.id })
      return checkpoints.length > 0 && now.steps > 4 ? now : null
    }, 'a checkpoint')
    process.kill(pid, 'SIGKILL')
    const killed = await ended(ready, run.id)
    expect(killed.state).toMatchObject({
      kind: 'interrupted',
      error: { code: 'trainer.outOfMemory', details: { signal: 'SIGKILL' } },
    })
    expect(killed.resumable).toBe(true)
    await call('runs.resume', { run: run.id })
    await until(async () => {
      const { run: now } = await call('runs.get', { run: run.id })
      return now.steps > killed.steps ? now : null
    }, 'more steps')
    await ready.engine.close()
    const again = await openEngine(launcher(), ready.folder)
    const { run: closed } = await again.call('runs.get', { run: run.id })
    expect(closed).toMatchObject({
      state: { kind: 'interrupted', error: { code: 'engine.unavailable' } },
      resumable: true,
    })
  }, 120_000)
})
