import { readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { writeSafetensors } from '../../../src/main/formats/safetensors'
import { memory } from '../../../src/main/nn/tf'
import { writeJsonFile } from '../../../src/main/platform/json'
import { readArrays, toTensorInputs } from '../../../src/main/trainer/arrays'
import { locate } from '../../../src/main/trainer/fine-tuned'
import { openPredictor } from '../../../src/main/trainer/predictor'
import type { DataRow } from '../../../src/shared/domain/dataset'
import {
  addRun,
  attempt,
  atStep,
  eventsOf,
  makeRun,
  outcomesOf,
  reviewRows,
  seriesOf,
  type MadeRun,
  type RunOptions,
} from './support'
import { createModel } from '../../../src/main/trainer/model'

type RecipePart = NonNullable<RunOptions['recipe']>

const recipe: RecipePart = {
  epochs: 2,
  batch: { size: 8 },
  optimizer: { learningRate: 2e-3 },
  dropout: 0.1,
  data: { validation: 0.2, test: 0.2 },
}

const bestWeights = (folder: string): Buffer =>
  readFileSync(join(folder, 'checkpoints/best/model.safetensors'))

/** Always the same numbers from 0 to below 1. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return state / 2 ** 31
  }
}

describe('a run on a transformer', () => {
  const made: MadeRun[] = []
  const make = async (options: RunOptions): Promise<MadeRun> => {
    const run = await makeRun(options)
    made.push(run)
    return run
  }
  const finish = async (folder: string): Promise<void> => {
    await attempt(folder)
    const outcome = outcomesOf(folder).at(-1)
    if (outcome?.kind === 'failed') expect.fail(outcome.error.message)
  }
  afterEach(async () => {
    for (const { root } of made.splice(0)) await rm(root, { recursive: true, force: true })
  })

  it('learns what can be learned and gives back every tensor', async () => {
    const run = await make({ recipe: { ...recipe, epochs: 12 }, rows: reviewRows(240) })
    const short = addRun(run, 'short', { recipe: { ...recipe, maxSteps: 1 } })
    await finish(short)
    // What is left now are the constants that kernels keep.
    const constants = memory().tensors
    const { folder } = run
    await finish(folder)
    const [outcome] = outcomesOf(folder)
    if (outcome?.kind !== 'finished') return expect.fail('not finished')
    expect(outcome.summary.metrics['test.accuracy']).toBeGreaterThan(0.9)
    expect(memory().tensors).toBe(constants)
  })

  const variants: readonly (readonly [string, RecipePart])[] = [
    ['all parameters', recipe],
    ['the last layer', { ...recipe, train: { lastLayers: 1 } }],
    ['the head alone', { ...recipe, train: 'head' }],
    ['accumulated batches', { ...recipe, batch: { size: 4, accumulate: 3 } }],
    ['a token budget', { ...recipe, batch: { tokens: 160, order: 'random' } }],
    ['another optimiser', { ...recipe, optimizer: { name: 'lion', learningRate: 1e-4 } }],
  ]
  it.each(variants)('resumes with %s byte for byte, stopped anywhere', async (_, of) => {
    const run = await make({ recipe: of })
    await finish(run.folder)
    const straight = seriesOf(run.folder, 'train.loss')
    const random = numbers(straight.size)
    for (let round = 0; round < 4; round++) {
      const folder = addRun(run, `round-${round}`, { recipe: of })
      const stops = [random(), random()].map((one) => 1 + Math.floor(one * straight.size))
      for (const stopDuring of stops.sort((a, b) => a - b)) await attempt(folder, { stopDuring })
      if (outcomesOf(folder).at(-1)?.kind !== 'finished') await finish(folder)
      expect(seriesOf(folder, 'train.loss')).toEqual(straight)
      expect(bestWeights(folder).equals(bestWeights(run.folder))).toBe(true)
    }
  })

  it('takes the same steps however a step falls into batches', async () => {
    const plain: RecipePart = {
      ...recipe,
      dropout: 0,
      maxSteps: 8,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      batch: { size: 20, order: 'random' },
      loss: { classWeights: 'balanced' },
      data: { validation: 0, test: 0 },
    }
    const run = await make({ recipe: plain })
    await finish(run.folder)
    const whole = [...seriesOf(run.folder, 'train.loss').values()]
    expect(whole).toHaveLength(8)
    for (const batch of [
      { size: 10, accumulate: 2 },
      { size: 5, accumulate: 4 },
      { size: 4, accumulate: 5 },
    ]) {
      const folder = addRun(run, `${batch.size}`, {
        recipe: { ...plain, batch: { ...batch, order: 'random' } },
      })
      await finish(folder)
      const parts = [...seriesOf(folder, 'train.loss').values()]
      parts.forEach((loss, step) => expect(loss).toBeCloseTo(whole[step] ?? 0, 5))
    }
  })

  it('weighs rows, not batches, when the batches of a step are unequal', async () => {
    const plain: RecipePart = {
      ...recipe,
      dropout: 0,
      epochs: 1,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      data: { validation: 0, test: 0 },
    }
    const rows = reviewRows(10)
    const run = await make({ rows, recipe: { ...plain, batch: { size: 10, order: 'random' } } })
    await finish(run.folder)
    const folder = addRun(run, 'unequal', {
      recipe: { ...plain, batch: { size: 4, accumulate: 3, order: 'random' } },
    })
    await finish(folder)
    const [whole] = seriesOf(run.folder, 'train.loss').values()
    expect([...seriesOf(folder, 'train.loss').values()]).toEqual([expect.closeTo(whole ?? 0, 5)])
    const [norm] = seriesOf(run.folder, 'gradientNorm').values()
    expect([...seriesOf(folder, 'gradientNorm').values()]).toEqual([expect.closeTo(norm ?? 0, 5)])
  })

  it('computes frozen layers once, and the whole model agrees with what it learned', async () => {
    const head: RecipePart = {
      ...recipe,
      train: 'head',
      epochs: 10,
      optimizer: { learningRate: 5e-3 },
    }
    const run = await make({ recipe: head })
    await finish(run.folder)
    const cache = join(run.root, 'cache')
    const features = (await readdir(cache)).filter((name) => name.startsWith('features-'))
    expect(features).toHaveLength(1)
    const again = addRun(run, 'again', { recipe: head })
    await finish(again)
    expect(bestWeights(again).equals(bestWeights(run.folder))).toBe(true)
    const losses = [...seriesOf(run.folder, 'validation.loss').values()]
    expect(Math.min(...losses)).toBeLessThan(losses[0] ?? 0)

    const lines = readFileSync(join(run.folder, 'predictions/test.jsonl'), 'utf8').trim()
    const recorded = lines.split('\n').map((line): unknown => JSON.parse(line))
    const rows = reviewRows(120)
    const predictor = await openPredictor(await locate({ kind: 'run', runFolder: run.folder }))
    for (const line of recorded) {
      const { row, logits } = line as { row: number; logits: number[] }
      const [found] = await predictor.predict([{ text: rows[row]?.text ?? '', pair: null }])
      logits.forEach((logit, index) => expect(found?.logits[index]).toBeCloseTo(logit, 4))
    }
    predictor.dispose()
  })

  it('trains several labels a row, and pairs of texts', async () => {
    const labels = ['warm', 'long']
    const rows = reviewRows(90).map((row): DataRow => {
      const own = [row.label === 'positive' ? 'warm' : '', row.text.length > 40 ? 'long' : '']
      return { ...row, pair: 'its end', label: own.filter((label) => label !== '') }
    })
    const options: RunOptions = { rows, labels, task: 'multi-label', recipe }
    const { folder } = await make({ ...options, model: 'bert-pair-multilabel' })
    await finish(folder)
    const [outcome] = outcomesOf(folder)
    if (outcome?.kind !== 'finished') return expect.fail('not finished')
    expect(outcome.summary.metrics).toHaveProperty(['test.microF1'])
    expect(outcome.summary.metrics).toHaveProperty(['test.f1.warm'])
  })

  it('trains on numbers', async () => {
    const rows = reviewRows(90).map((row): DataRow => ({ ...row, label: row.text.length / 50 }))
    const options: RunOptions = { rows, labels: [], task: 'regression', recipe }
    const { folder } = await make({ ...options, model: 'bert-regress' })
    await finish(folder)
    const losses = [...seriesOf(folder, 'train.loss').values()]
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2)
    const tested = eventsOf(folder)
      .filter((event) => event.type === 'evaluated')
      .at(-1)
    expect(tested?.metrics).toHaveProperty(['test.r2'])
    expect(tested?.confusion).toBeNull()
  })

  it('takes the same steps from weights in several files as from one', async () => {
    const run = await make({ recipe: { ...recipe, maxSteps: 3 } })
    await finish(run.folder)
    const model = join(run.root, 'models/m')
    const arrays = await readArrays(join(model, 'model.safetensors'))
    const weightMap: Record<string, string> = {}
    for (const half of [0, 1]) {
      const name = `model-0000${half + 1}-of-00002.safetensors`
      const own = arrays.filter((_, index) => index % 2 === half)
      await writeSafetensors(join(model, name), toTensorInputs(own))
      for (const array of own) weightMap[array.name] = name
    }
    await rm(join(model, 'model.safetensors'))
    const index = { metadata: {}, weight_map: weightMap }
    await writeJsonFile(join(model, 'model.safetensors.index.json'), index)
    const folder = addRun(run, 'sharded', { recipe: { ...recipe, maxSteps: 3 } })
    await finish(folder)
    expect(bestWeights(folder).equals(bestWeights(run.folder))).toBe(true)
  })

  it('trains in bfloat16', async () => {
    const run = await make({ recipe: { ...recipe, dropout: 0 } })
    await finish(run.folder)
    const folder = addRun(run, 'narrow', {
      recipe: { ...recipe, dropout: 0, precision: 'bfloat16' },
    })
    await finish(folder)
    const wide = [...seriesOf(run.folder, 'train.loss').values()]
    const narrow = [...seriesOf(folder, 'train.loss').values()]
    expect(eventsOf(folder)).toContainEqual(expect.objectContaining({ precision: 'bfloat16' }))
    expect(narrow).not.toEqual(wide)
    narrow.forEach((loss, step) => expect(loss).toBeCloseTo(wide[step] ?? 0, 1))
  })

  it('needs no more tensors after 2,000 steps than after 500', async () => {
    const long: RecipePart = {
      ...recipe,
      epochs: 1000,
      maxSteps: 2000,
      evaluation: { every: 5000 },
    }
    const { folder } = await make({ recipe: long })
    const tensors: number[] = []
    const createTrainee = atStep(createModel, (step) => {
      if (step < 500 || step % 100 !== 0) return
      tensors.push(memory().tensors)
    })
    await attempt(folder, { createTrainee })
    expect(outcomesOf(folder)).toMatchObject([{ kind: 'finished', summary: { steps: 2000 } }])
    expect(tensors.length).toBe(16)
    expect(new Set(tensors).size).toBe(1)
  }, 180_000)
})
