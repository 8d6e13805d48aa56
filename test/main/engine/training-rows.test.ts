import { describe, expect, it } from 'vitest'
import { trainingFault } from '../../../src/main/engine/training-rows'
import {
  recipeSchema,
  type Dataset,
  type DatasetId,
  type PartStatistics,
  type RecipeInput,
} from '../../../src/shared/domain'

const recipe = (data: Partial<RecipeInput['data']> = {}) =>
  recipeSchema.parse({ model: 'tiny', data: { dataset: 'film', ...data } })

function datasetOf(parts: readonly PartStatistics[], task: Dataset['task'] = 'single-label') {
  const histogram = { edges: [], counts: [] }
  const dataset: Dataset = {
    ...{ id: 'dataset_x' as DatasetId, name: 'film', task, labels: ['good', 'bad'], rows: 0 },
    ...{ sideColumns: [], hash: '', files: [], bytes: 0, source: '', licence: null, createdAt: 0 },
    roles: { text: 'text', pair: null, label: 'mark', cut: [], cutNames: [], labelSeparator: null },
    statistics: {
      ...{ parts, characters: histogram, tokens: null, tokensOf: null },
      ...{ duplicates: 0, leaked: 0, badRows: 0 },
    },
  }
  return dataset
}

const part = (name: PartStatistics['part'], labels: Readonly<Record<string, number>>, rows = 100) =>
  ({ part: name, labels, rows }) as const

describe('what keeps a run from learning anything of a data set', () => {
  it('is nothing where two classes are among the training rows', () => {
    expect(trainingFault(recipe(), datasetOf([part('all', { good: 50, bad: 50 })]))).toBeNull()
    const own = [part('train', { good: 50, bad: 1 }), part('test', { good: 5 })]
    expect(trainingFault(recipe({ validation: 0 }), datasetOf(own))).toBeNull()
  })

  it('is that labels stand in the test part alone', () => {
    const fault = trainingFault(recipe(), datasetOf([part('train', {}), part('test', { good: 9 })]))
    expect(fault?.path).toBe('data.dataset')
    expect(fault?.message).toMatch(/No training row of "film" has a label in the column "mark"/)
  })

  it('is one class alone, whatever the test part has', () => {
    const parts = [part('train', { good: 90 }), part('test', { good: 5, bad: 5 })]
    const fault = trainingFault(recipe(), datasetOf(parts))
    expect(fault?.path).toBe('data.dataset')
    expect(fault?.message).toMatch(/"film" have the label "good" in the column "mark"/)
  })

  it('is a draw that leaves one class, with the field that decides it', () => {
    const parts = [part('all', { good: 50, bad: 50 })]
    const few = trainingFault(recipe({ trainRows: 1 }), datasetOf(parts))
    expect(few?.path).toBe('data.trainRows')
    expect(few?.message).toMatch(/All 1 training rows that are drawn .* data\.trainRows/)
    const rare = [part('all', { good: 96, bad: 1 })]
    const drawn = trainingFault(recipe({ test: 0.6, validation: 0 }), datasetOf(rare))
    expect(drawn?.path).toBe('data.dataset')
  })

  it('is too few rows for all parts', () => {
    const fault = trainingFault(
      recipe({ test: 0.45, validation: 0.45 }),
      datasetOf([part('all', { good: 1, bad: 1 })]),
    )
    expect(fault?.message).toMatch(/too few labelled rows/)
    const numbers = datasetOf([part('all', {}, 0)], 'regression')
    expect(trainingFault(recipe(), numbers)?.message).toMatch(/too few labelled rows/)
  })

  it('is not asked of numbers and sets of labels, which have no single class', () => {
    expect(trainingFault(recipe(), datasetOf([part('all', {})], 'regression'))).toBeNull()
    const sets = datasetOf([part('all', { good: 100 })], 'multi-label')
    expect(trainingFault(recipe(), sets)).toBeNull()
  })
})
