import type { DatasetId, ModelId, Run } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { beginningOf, type Beginning } from '../../../src/renderer/recipes/begin'
import { readDraft } from '../../../src/renderer/recipes/document'
import { exampleRun } from '../runs/exampleRun'
import { exampleDataset, exampleModel } from './examples'

const bert = exampleModel({ id: 'model_bert' as ModelId, name: 'BERT' })
const tweets = exampleDataset(undefined, { id: 'dataset_tweets' as DatasetId, name: 'tweets' })
const unlabelled = exampleDataset(
  {},
  {
    id: 'dataset_plain' as DatasetId,
    name: 'plain',
    roles: { ...tweets.roles, label: null },
  },
)

const begin = (fields: Partial<Beginning> = {}): unknown => {
  const text = beginningOf({
    models: [exampleModel(), bert],
    datasets: [unlabelled, exampleDataset(), tweets],
    model: undefined,
    dataset: undefined,
    source: null,
    latest: null,
    ...fields,
  })
  return text === null ? null : readDraft(text)
}

describe('where a new run begins', () => {
  it('takes data that can be learned from', () => {
    expect(begin()).toMatchObject({
      model: 'MiniLM',
      data: { dataset: 'film' },
      name: 'film, MiniLM',
    })
  })

  it('takes what the latest run used', () => {
    const latest: Run = exampleRun({ model: bert.id, dataset: tweets.id })
    expect(begin({ latest })).toMatchObject({ model: 'BERT', data: { dataset: 'tweets' } })
  })

  it('takes what the address names before anything else', () => {
    const latest = exampleRun({ model: bert.id, dataset: tweets.id })
    expect(begin({ latest, model: 'model_example', dataset: 'dataset_example' })).toMatchObject({
      model: 'MiniLM',
      data: { dataset: 'film' },
    })
  })

  it('takes a run over, under another name', () => {
    const run = exampleRun({ name: 'Best so far' })
    const yaml = 'name: old\nmodel: MiniLM\ndata:\n  dataset: film\nepochs: 9\n'
    expect(begin({ source: { run, yaml } })).toMatchObject({
      name: 'Best so far, changed',
      epochs: 9,
    })
  })

  it('waits for a model and a dataset', () => {
    expect(begin({ models: [] })).toBeNull()
    expect(begin({ datasets: [] })).toBeNull()
  })
})
