import type { RecipeInput } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { fieldPaths, type FieldPath } from '../../../src/renderer/recipes/fields'
import type { Situation } from '../../../src/renderer/recipes/implication'
import {
  evaluations,
  implicationOf,
  shareAbove,
  warmupSteps,
} from '../../../src/renderer/recipes/implications'
import { exampleDataset, exampleEstimate, exampleModel, exampleRecipe } from './examples'

const situation = (
  recipe: Partial<RecipeInput> = {},
  fields: Partial<Situation> = {},
): Situation => ({
  recipe: exampleRecipe(recipe),
  estimate: exampleEstimate(),
  model: exampleModel(),
  dataset: exampleDataset(),
  tokens: null,
  bfloat16: null,
  ...fields,
})

const text = (
  path: FieldPath,
  recipe: Partial<RecipeInput> = {},
  fields: Partial<Situation> = {},
): string | undefined => implicationOf(path, situation(recipe, fields))?.text

const tone = (path: FieldPath, recipe: Partial<RecipeInput>, fields: Partial<Situation> = {}) =>
  implicationOf(path, situation(recipe, fields))?.tone

describe('what a choice implies', () => {
  it('counts steps from the estimate', () => {
    expect(text('epochs')).toBe('50 steps')
    expect(text('batch.size')).toBe('25 steps an epoch, about 900 tokens each')
    expect(
      text('maxSteps', { maxSteps: 40 }, { estimate: exampleEstimate({ totalSteps: 40 }) }),
    ).toBe('40 steps are 1.6 epochs')
  })

  it('says nothing in numbers before there is an estimate', () => {
    for (const path of ['epochs', 'batch.size', 'train', 'evaluation.every'] as const) {
      expect(implicationOf(path, situation({}, { estimate: null }))).toBeNull()
    }
  })

  it('judges a rate by the optimiser and by what is trained', () => {
    const rate = (learningRate: number, name: 'adamw' | 'sgd' = 'adamw') => ({
      optimizer: { learningRate, name },
    })
    expect(tone('optimizer.learningRate', rate(5e-5))).toBe('fact')
    expect(tone('optimizer.learningRate', rate(1e-3))).toBe('warning')
    expect(tone('optimizer.learningRate', { ...rate(1e-3), train: 'head' })).toBe('fact')
    expect(tone('optimizer.learningRate', { ...rate(5e-5), train: 'head' })).toBe('warning')
    expect(tone('optimizer.learningRate', rate(1e-2, 'sgd'))).toBe('fact')
  })

  it('shows how much of the model is trained, without a share of almost nothing', () => {
    expect(text('train')).toBe('22.7 M parameters, 100% of the model')
    const head = { estimate: exampleEstimate({ trainableParameters: 770 }) }
    expect(text('train', { train: 'head' }, head)).toBe('770 parameters')
  })

  it('tells a part of the dataset from rows that are held out', () => {
    expect(text('data.test')).toBe('100 rows held out')
    const parts = [
      { part: 'train', rows: 900, labels: {} },
      { part: 'test', rows: 100, labels: {} },
    ] as const
    const { statistics } = exampleDataset()
    const dataset = exampleDataset({}, { statistics: { ...statistics, parts } })
    expect(text('data.test', {}, { dataset })).toBe('The dataset’s own part: 100 rows')
  })

  it('warns when nothing is left to validate or test on', () => {
    const none = { estimate: exampleEstimate({ validationRows: 0, testRows: 0 }) }
    expect(tone('data.validation', {}, none)).toBe('warning')
    expect(tone('data.test', {}, none)).toBe('warning')
  })

  it('warns of a patience that cannot act', () => {
    expect(tone('evaluation.patience', { evaluation: { patience: 2 } })).toBe('warning')
    const long = { estimate: exampleEstimate({ totalSteps: 250 }) }
    expect(text('evaluation.patience', { evaluation: { patience: 2 } }, long)).toBe(
      'Stops at step 75 at the earliest',
    )
  })

  it('says that a token budget makes the batch size meaningless', () => {
    expect(tone('batch.size', { batch: { tokens: 2048 } })).toBe('warning')
    expect(text('batch.accumulate', { batch: { size: 8, accumulate: 4 } })).toBe('32 rows a step')
  })

  it('weighs classes by their rows', () => {
    const rare = { dataset: exampleDataset({ spam: 100, ham: 900 }) }
    expect(tone('loss.classWeights', {}, rare)).toBe('warning')
    expect(text('loss.classWeights', { loss: { classWeights: 'balanced' } }, rare)).toContain(
      '9 times',
    )
    expect(tone('loss.classWeights', {})).toBe('fact')
  })

  it('names the target of label smoothing', () => {
    expect(text('loss.labelSmoothing', { loss: { labelSmoothing: 0.1 } })).toContain('95.0%')
    expect(text('loss.labelSmoothing')).toBeUndefined()
  })

  it('warns of an average that looks back over more than the run', () => {
    expect(tone('ema', { ema: 0.999 })).toBe('warning')
    expect(tone('ema', { ema: 0.9 })).toBe('fact')
  })

  it('tells of the processor only where it does the work', () => {
    expect(tone('precision', { precision: 'bfloat16' }, { bfloat16: false })).toBe('warning')
    expect(tone('precision', { precision: 'bfloat16' }, { bfloat16: true })).toBe('fact')
    expect(text('precision', { precision: 'bfloat16' }, { bfloat16: null })).toBeUndefined()
  })

  it('tells how many rows are cut', () => {
    const tokens = { edges: [0, 100, 200], counts: [90, 10] }
    expect(text('data.maxLength', {}, { tokens })).toBe('7.2% of the rows are cut')
    const short = { edges: [0, 50], counts: [10] }
    expect(text('data.maxLength', {}, { tokens: short })).toBe('No row is cut')
  })

  it('never fails, whatever the field', () => {
    for (const path of fieldPaths) {
      expect(() => implicationOf(path, situation())).not.toThrow()
      expect(() => implicationOf(path, situation({}, { dataset: null, model: null }))).not.toThrow()
    }
  })
})

describe('counting', () => {
  it('rounds a share of warm-up up, as the trainer does', () => {
    expect(warmupSteps(exampleRecipe({ schedule: { warmup: 0.1 } }), 55)).toBe(6)
    expect(warmupSteps(exampleRecipe({ schedule: { warmup: 12 } }), 55)).toBe(12)
  })

  it('counts the evaluation at the end of an unfinished interval', () => {
    expect(evaluations(exampleRecipe({ evaluation: { every: 20 } }), exampleEstimate())).toBe(3)
    expect(evaluations(exampleRecipe(), exampleEstimate())).toBe(2)
  })

  it('takes rows as evenly spread within a bar', () => {
    const histogram = { edges: [0, 10, 20], counts: [10, 10] }
    expect(shareAbove(histogram, 15)).toBe(0.25)
    expect(shareAbove(histogram, 20)).toBe(0)
    expect(shareAbove({ edges: [0], counts: [] }, 5)).toBe(0)
  })
})
