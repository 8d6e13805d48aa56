import { readdirSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readArrays } from '../../../src/main/trainer/arrays'
import { createModel } from '../../../src/main/trainer/model'
import type { CreateTrainee } from '../../../src/main/trainer/setup'
import { startStep } from '../../../src/main/trainer/step'
import type { Trainee } from '../../../src/main/trainer/trainee'
import {
  addRun,
  attempt,
  eventsOf,
  makeRun,
  outcomesOf,
  reviewRows,
  seriesOf,
  type MadeRun,
  type RunOptions,
} from './support'
import { methodsOf } from './watched'

type RecipePart = NonNullable<RunOptions['recipe']>

const recipe: RecipePart = {
  epochs: 3,
  batch: { size: 8 },
  optimizer: { learningRate: 2e-3 },
  dropout: 0.1,
  data: { validation: 0.2, test: 0.2 },
}

const bestWeights = (folder: string): Buffer =>
  readFileSync(join(folder, 'checkpoints/best/model.safetensors'))

const logsOf = (folder: string): string[] =>
  eventsOf(folder).flatMap((event) => (event.type === 'log' ? [event.line.message] : []))

describe('what a recipe can choose besides', () => {
  const made: MadeRun[] = []
  const make = async (options: RunOptions): Promise<MadeRun> => {
    const run = await makeRun(options)
    made.push(run)
    return run
  }
  const finish = async (folder: string, createTrainee?: CreateTrainee): Promise<void> => {
    await attempt(folder, createTrainee === undefined ? {} : { createTrainee })
    const outcome = outcomesOf(folder).at(-1)
    if (outcome?.kind === 'failed') expect.fail(outcome.error.message)
    expect(outcome?.kind).toBe('finished')
  }
  afterEach(async () => {
    for (const { root } of made.splice(0)) await rm(root, { recursive: true, force: true })
  })

  const resumed: readonly (readonly [string, RecipePart])[] = [
    ['averaged weights', { ...recipe, ema: 0.95 }],
    ['averaged weights above frozen layers', { ...recipe, ema: 0.9, train: { lastLayers: 1 } }],
    [
      'float16 with a scale that overflows',
      { ...recipe, precision: 'float16', lossScaling: { initial: 2 ** 24, interval: 4 } },
    ],
    ['accumulated float16', { ...recipe, precision: 'float16', batch: { size: 4, accumulate: 3 } }],
    [
      'bfloat16 above frozen layers',
      { ...recipe, precision: 'bfloat16', train: { lastLayers: 1 } },
    ],
  ]
  it.each(resumed)('resumes with %s byte for byte', async (_, of) => {
    const run = await make({ recipe: of })
    await finish(run.folder)
    const straight = seriesOf(run.folder, 'train.loss')
    for (const stops of [[1, 4], [7], [straight.size - 1]]) {
      const folder = addRun(run, `stops-${stops.join('-')}`, { recipe: of })
      for (const stopDuring of stops) await attempt(folder, { stopDuring })
      await finish(folder)
      expect(seriesOf(folder, 'train.loss')).toEqual(straight)
      expect(seriesOf(folder, 'validation.loss')).toEqual(seriesOf(run.folder, 'validation.loss'))
      expect(bestWeights(folder).equals(bestWeights(run.folder))).toBe(true)
    }
  })

  describe('frozen layers', () => {
    const frozen: RecipePart = { ...recipe, train: { lastLayers: 1 } }
    const activations = (run: MadeRun): string[] =>
      readdirSync(join(run.root, 'cache')).filter((name) => name.startsWith('activations-'))

    it.each([
      ['float32', 5],
      ['bfloat16', 1],
    ] as const)('in %s are computed once, with the same losses', async (precision, digits) => {
      const of: RecipePart = { ...frozen, precision, dropout: 0.1 }
      const run = await make({ recipe: of })
      await finish(run.folder)
      expect(activations(run)).toHaveLength(1)
      expect(logsOf(run.folder).join()).toMatch(/computed once, in .* MB of activations of 96 rows/)
      const plain = addRun(run, 'plain', { recipe: { ...of, cacheFrozen: false } })
      await finish(plain)
      expect(activations(run)).toHaveLength(1)
      const kept = [...seriesOf(run.folder, 'train.loss').values()]
      const anew = [...seriesOf(plain, 'train.loss').values()]
      kept.forEach((loss, step) => expect(loss).toBeCloseTo(anew[step] ?? NaN, digits))
      const evaluated = [...seriesOf(run.folder, 'validation.loss').values()]
      const other = [...seriesOf(plain, 'validation.loss').values()]
      evaluated.forEach((loss, at) => expect(loss).toBeCloseTo(other[at] ?? NaN, digits))
    })

    it('are read by the next run that needs them, and passed over where one epoch is all', async () => {
      const run = await make({ recipe: { ...frozen, epochs: 1 } })
      await finish(run.folder)
      expect(activations(run)).toEqual([])
      const longer = addRun(run, 'longer', { recipe: frozen })
      await finish(longer)
      const [name = ''] = activations(run)
      const written = statSync(join(run.root, 'cache', name, 'values.bin')).mtimeMs
      const next = addRun(run, 'next', {
        recipe: { ...frozen, optimizer: { learningRate: 1e-3 } },
      })
      await finish(next)
      expect(logsOf(next).join()).toContain('had been computed before')
      expect(statSync(join(run.root, 'cache', name, 'values.bin')).mtimeMs).toBe(written)
      expect(activations(run)).toEqual([name])
    })

    it('are computed again, to the same bytes, when a run goes on after the cache was emptied', async () => {
      const run = await make({ recipe: frozen })
      await finish(run.folder)
      const folder = addRun(run, 'emptied', { recipe: frozen })
      await attempt(folder, { stopDuring: 5 })
      await rm(join(run.root, 'cache'), { recursive: true })
      await finish(folder)
      expect(bestWeights(folder).equals(bestWeights(run.folder))).toBe(true)
    })
  })

  describe('a moving average of the weights', () => {
    it('is what is evaluated, tested and kept as the best; the weights go on beside it', async () => {
      const plain: RecipePart = { ...recipe, evaluation: { metric: 'validation.loss' } }
      const run = await make({ recipe: plain })
      await finish(run.folder)
      const folder = addRun(run, 'averaged', { recipe: { ...plain, ema: 0.9 } })
      await finish(folder)
      // Training does not see the average.
      expect(seriesOf(folder, 'train.loss')).toEqual(seriesOf(run.folder, 'train.loss'))
      expect(seriesOf(folder, 'validation.loss')).not.toEqual(
        seriesOf(run.folder, 'validation.loss'),
      )
      const last = join(folder, 'checkpoints/last')
      const state = await readArrays(join(last, 'optimizer.safetensors'))
      const weights = await readArrays(join(last, 'weights.safetensors'))
      const best = await readArrays(join(folder, 'checkpoints/best/model.safetensors'))
      const { step, best: kept } = JSON.parse(readFileSync(join(last, 'state.json'), 'utf8')) as {
        step: number
        best: { step: number }
      }
      expect(kept.step).toBe(step)
      for (const { name, data } of best) {
        expect(data, name).toEqual(state.find((one) => one.name === `average.${name}`)?.data)
      }
      expect(
        best.some(({ name, data }) => {
          const own = weights.find((one) => one.name === name)?.data
          return own?.some((value, at) => value !== data[at])
        }),
      ).toBe(true)
    })
  })

  describe('float16', () => {
    it('leaves steps out that overflow, halves the scale and grows it again', async () => {
      const lossScaling = { initial: 2 ** 24, interval: 5 }
      const of: RecipePart = { ...recipe, precision: 'float16', epochs: 6, lossScaling }
      const run = await make({ recipe: of })
      await finish(run.folder)
      const scales = [...seriesOf(run.folder, 'lossScale')]
      const norms = seriesOf(run.folder, 'gradientNorm')
      const skipped = scales.filter(([step]) => !norms.has(step))
      expect(skipped.length).toBeGreaterThan(0)
      let good = 0
      scales.forEach(([step, scale], at) => {
        good = norms.has(step) ? good + 1 : 0
        const doubles = good === lossScaling.interval
        if (doubles) good = 0
        const next = norms.has(step) ? (doubles ? Math.min(2 ** 24, scale * 2) : scale) : scale / 2
        if (at + 1 < scales.length) expect(scales[at + 1]?.[1]).toBe(next)
      })
      expect(logsOf(run.folder).join()).toContain('overflowed in float16')
      const wide = addRun(run, 'wide', { recipe: { ...of, precision: 'float32' } })
      await finish(wide)
      const [first] = seriesOf(run.folder, 'train.loss').values()
      expect(first).toBeCloseTo([...seriesOf(wide, 'train.loss').values()][0] ?? NaN, 1)
      const losses = [...seriesOf(run.folder, 'train.loss').values()]
      expect(Math.min(...losses)).toBeLessThan((losses[0] ?? 0) / 2)
    })

    it('ends with a reason where the gradient is not finite without any scale', async () => {
      const of: RecipePart = {
        ...{ ...recipe, precision: 'float16', clip: null, lossScaling: { initial: 1 } },
        optimizer: { name: 'sgd', learningRate: 10 },
        epochs: 200,
      }
      const run = await make({ recipe: of })
      await attempt(run.folder)
      expect(outcomesOf(run.folder)).toMatchObject([
        { kind: 'failed', error: { code: 'trainer.lossNotFinite' } },
      ])
    })
  })

  describe('an epoch of a fixed set of rows', () => {
    /** The gradients of all steps of an epoch, added, over the number of steps. */
    async function meanGradient(of: RecipePart, run: MadeRun, name: string): Promise<Float64Array> {
      const folder = addRun(run, name, { recipe: of })
      let sum = new Float64Array()
      const summing: CreateTrainee = async (parts) => {
        const { trainee, runtime } = await createModel(parts)
        const before = flat(trainee)
        let steps = 0
        const collecting: Trainee = {
          ...methodsOf(trainee),
          apply: () => {
            steps += 1
            return { read: () => 0, dispose: () => undefined }
          },
          dispose: () => {
            trainee.apply(1).dispose()
            sum = flat(trainee).map((value, at) => ((before[at] ?? 0) - value) / steps)
            trainee.dispose()
          },
        }
        return { trainee: collecting, runtime }
      }
      await finish(folder, summing)
      return sum
    }
    const flat = (trainee: Trainee): Float64Array =>
      Float64Array.from([...trainee.weights()].flatMap(({ data }) => [...data]))
    it('has the same expected gradient in every order and budget, of rows that weigh alike', async () => {
      const plain: RecipePart = {
        ...{ epochs: 1, dropout: 0, clip: null, optimizer: { name: 'sgd', learningRate: 1 } },
        ...{ schedule: { name: 'constant' }, data: { validation: 0, test: 0 } },
      }
      const rows = reviewRows(96)
      const run = await make({ rows, recipe: plain })
      const whole = await meanGradient({ ...plain, batch: { size: 96 } }, run, 'whole')
      const norm = Math.hypot(...whole)
      expect(norm).toBeGreaterThan(0.1)
      const batches: readonly NonNullable<RecipePart['batch']>[] = [
        { size: 8, order: 'random' },
        { size: 8, order: 'length' },
        { tokens: 64, order: 'random' },
        { tokens: 64, order: 'length' },
        { tokens: 64, order: 'length', accumulate: 3 },
      ]
      for (const [at, batch] of batches.entries()) {
        const found = await meanGradient({ ...plain, batch }, run, `batch-${at}`)
        const difference = Math.hypot(...found.map((value, i) => value - (whole[i] ?? 0)))
        expect(difference / norm, JSON.stringify(batch)).toBeLessThan(1e-4)
      }
    })

    it('would not have it if every batch of a budget counted alike', () => {
      const counts = [2, 6]
      const shares: number[] = []
      const trainee = {
        weight: (rows: Int32Array) => rows.length,
        tokens: (rows: Int32Array) => rows.length,
        accumulate: (_: Int32Array, share: number) => {
          shares.push(share)
          return { read: () => 1, dispose: () => undefined }
        },
        apply: () => ({ read: () => 1, dispose: () => undefined }),
      }
      const batches = counts.map((count) => new Int32Array(count))
      for (const typical of [null, 4]) {
        counts.forEach((_, at) => {
          startStep(
            trainee,
            batches,
            { epoch: 0, firstBatch: at, endBatch: at + 1 },
            at,
            1,
            typical,
          )
        })
      }
      expect(shares).toEqual([1, 1, 0.5, 1.5])
    })
  })
})
