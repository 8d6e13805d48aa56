import type { AblationId, KnowledgePack, PackId } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { draftOf, sourcesOf } from '../../../src/renderer/ablation/sources'
import { exampleDataset, exampleModel, exampleRecipe } from '../recipes/examples'
import { exampleRun } from '../runs/exampleRun'
import { exampleAblation } from './exampleAblation'

const pack = (fields: Partial<KnowledgePack> = {}): KnowledgePack => ({
  id: 'pack_1' as PackId,
  name: 'valence',
  version: 1,
  language: 'en',
  labels: ['negative', 'positive'],
  hash: 'abc',
  licence: null,
  counts: {
    lexicons: 1,
    terms: 100,
    rules: 2,
    triples: 0,
    vocabulary: 0,
    rationales: 0,
    corpusLines: 0,
  },
  bytes: 1,
  createdAt: 0,
  ...fields,
})

const library = {
  models: [exampleModel()],
  datasets: [exampleDataset({ spam: 5, ham: 5 }, { name: 'mail' }), exampleDataset()],
  packs: [pack()],
}

describe('where a recipe comes from', () => {
  it('is an automatic one, an earlier ablation or a run, but no cell', () => {
    const own = exampleRun({ number: 2 })
    const cell = exampleRun({ number: 3, ablation: 'ablation_1' as AblationId })
    const sources = sourcesOf([own, cell], [exampleAblation()])
    expect(sources.map(({ key }) => key)).toEqual(['fresh', 'ablation_example', 'run_example'])
  })

  it('takes every choice of an ablation over', () => {
    const [, source] = sourcesOf([], [exampleAblation({ labels: [64, 16, null], seeds: 4 })])
    const draft = draftOf({ source, pack: undefined, ...library })
    expect(draft).toMatchObject({
      labels: '16, 64, all',
      seeds: 4,
      model: 'MiniLM',
      dataset: 'film',
      pack: 'valence@1',
    })
  })

  it('takes the recipe of a run over, with its pack', () => {
    const recipe = exampleRecipe({ epochs: 7, knowledge: { pack: 'valence' } })
    const [, source] = sourcesOf([exampleRun({ recipe })], [])
    const draft = draftOf({ source, pack: undefined, ...library })
    expect(draft.recipe).toMatchObject({ epochs: 7 })
    expect(draft.pack).toBe('valence@1')
  })
})

describe('the first draft', () => {
  it('takes rows that the pack speaks of', () => {
    const draft = draftOf({ source: undefined, pack: undefined, ...library })
    expect(draft).toMatchObject({ dataset: 'film', model: 'MiniLM', pack: 'valence@1' })
  })

  it('takes the pack that the address names, and none where it is gone', () => {
    const packs = [pack(), pack({ id: 'pack_2' as PackId, version: 2 })]
    const with_ = (name: string) => draftOf({ source: undefined, ...library, packs, pack: name })
    expect(with_('pack_2').pack).toBe('valence@2')
    expect(with_('gone').pack).toBeNull()
  })

  it('is empty in an empty library', () => {
    const empty = { models: [], datasets: [], packs: [] }
    const draft = draftOf({ source: undefined, pack: undefined, ...empty })
    expect(draft).toMatchObject({ dataset: null, model: null, pack: null })
  })
})
