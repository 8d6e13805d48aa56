import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { memory } from '../../../../src/main/nn/tf'
import { readArrays } from '../../../../src/main/trainer/arrays'
import {
  addRun,
  attempt,
  makeRun,
  outcomesOf,
  reviewRows,
  seriesOf,
  type RunOptions,
} from '../support'
import { withTerms, wordRule, type Chosen } from './term-runs'

type RecipePart = NonNullable<RunOptions['recipe']>

const recipe: RecipePart = {
  epochs: 2,
  batch: { size: 8 },
  optimizer: { learningRate: 2e-3 },
  dropout: 0.1,
  data: { validation: 0.2, test: 0.2, trainRows: 40 },
}

const pack: Chosen['pack'] = {
  rules: [wordRule('good', 'positive'), wordRule('dull', 'negative', 0.8)],
  priors: {
    ...{ shares: { positive: 0.7, negative: 0.3 }, forbidden: [], implied: [], hierarchy: {} },
  },
  rationales: [
    { term: 'the film', role: 'irrelevant', label: null },
    { term: 'good', role: 'reason', label: 'positive' },
  ],
  invariances: { text: ['case'], swaps: [['film', 'story', 'song']], images: [] },
}

const weak: Chosen['weak'] = ({ data }) => {
  const rows = data.parts.unlabelled
  const halves = new Float32Array(rows.length * 2).map((_, at) => (at % 2 === 0 ? 0.3 : 0.7))
  return { rows, distributions: halves, weights: new Float32Array(rows.length).fill(1) }
}

const variants: readonly (readonly [string, readonly unknown[], RecipePart, readonly string[]])[] =
  [
    [
      'distillation, expectations and invariances over accumulated batches',
      [{ use: 'distill' }, { use: 'expectations' }, { use: 'invariances' }],
      { ...recipe, batch: { size: 4, accumulate: 2 } },
      [
        ...['train.distill', 'train.distill.unlabelled', 'train.expectations'],
        ...['train.consistency', 'train.consistency.unlabelled'],
      ],
    ],
    [
      'rationales with a reward, in bfloat16',
      [{ use: 'rationales', reward: 0.1 }],
      { ...recipe, precision: 'bfloat16' },
      ['train.rationales'],
    ],
    [
      'features and weak labels on a frozen backbone',
      [{ use: 'features' }, { use: 'weak', when: 'together' }],
      { ...recipe, train: 'head' },
      ['train.weak'],
    ],
    [
      'features, distillation and invariances above frozen layers, in float16',
      [{ use: 'features' }, { use: 'distill' }, { use: 'invariances', augment: 0.3 }],
      { ...recipe, train: { lastLayers: 1 }, precision: 'float16', ema: 0.9 },
      ['train.distill', 'train.consistency'],
    ],
  ]

const bestWeights = (folder: string): Buffer =>
  readFileSync(join(folder, 'checkpoints/best/model.safetensors'))

describe('knowledge in the loss', () => {
  const roots: string[] = []
  afterEach(async () => {
    for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true })
  })
  const finish = async (folder: string, chosen: Chosen): Promise<void> => {
    await attempt(folder, { createTrainee: withTerms(chosen) })
    const outcome = outcomesOf(folder).at(-1)
    if (outcome?.kind === 'failed') expect.fail(outcome.error.message)
    expect(outcome?.kind).toBe('finished')
  }

  it.each(variants)(
    'resumes with %s byte for byte, and gives back every tensor',
    async (_, methods, of, series) => {
      const chosen = { pack, methods, weak }
      const run = await makeRun({ rows: reviewRows(120), recipe: of })
      roots.push(run.root)
      await finish(run.folder, chosen)
      const constants = memory().tensors
      const folder = addRun(run, 'stopped', { recipe: of })
      await attempt(folder, { createTrainee: withTerms(chosen), stopDuring: 3 })
      await attempt(folder, { createTrainee: withTerms(chosen), stopDuring: 7 })
      await finish(folder, chosen)
      for (const name of ['train.loss', 'validation.loss', ...series]) {
        const straight = seriesOf(run.folder, name)
        expect(straight.size, name).toBeGreaterThan(0)
        expect(seriesOf(folder, name), name).toEqual(straight)
      }
      expect(bestWeights(folder).equals(bestWeights(run.folder))).toBe(true)
      expect(memory().tensors).toBe(constants)
      const plain = addRun(run, 'plain', { recipe: of })
      await attempt(plain)
      expect(bestWeights(plain).equals(bestWeights(run.folder))).toBe(false)
      const saved = await readArrays(join(folder, 'checkpoints/best/model.safetensors'))
      const names = saved.map(({ name }) => name).filter((name) => name.startsWith('knowledge.'))
      expect(names.toSorted()).toEqual(
        methods.some((one) => JSON.stringify(one).includes('features'))
          ? ['gate.bias', 'output.weight', 'projection.weight'].map((name) => `knowledge.${name}`)
          : [],
      )
    },
  )

  it.each([
    ['expectations', { use: 'expectations' }, { ...pack, priors: null }, 'priors.yaml'],
    ['rationales', { use: 'rationales' }, { ...pack, rationales: [] }, 'rationales.csv'],
    ['invariances', { use: 'invariances' }, { ...pack, invariances: null }, 'invariances.yaml'],
  ] as const)('refuses %s that the pack says nothing of', async (_, method, without, file) => {
    const run = await makeRun({ recipe })
    roots.push(run.root)
    await attempt(run.folder, { createTrainee: withTerms({ pack: without, methods: [method] }) })
    const [outcome] = outcomesOf(run.folder)
    if (outcome?.kind !== 'failed') return expect.fail('not refused')
    expect(outcome.error.code).toBe('recipe.invalid')
    expect(outcome.error.message).toContain(file)
  })

  it('refuses what needs unlabelled rows where there are none', async () => {
    const all: RecipePart = { ...recipe, data: { validation: 0.2, test: 0.2 } }
    const run = await makeRun({ recipe: all })
    roots.push(run.root)
    await attempt(run.folder, {
      createTrainee: withTerms({ pack, methods: [{ use: 'expectations' }] }),
    })
    const [outcome] = outcomesOf(run.folder)
    if (outcome?.kind !== 'failed') return expect.fail('not refused')
    expect(outcome.error.message).toContain('no unlabelled rows')
  })
})
