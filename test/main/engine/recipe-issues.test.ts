import { recipeSchema } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../src/main/engine/recipe-issues'

const recipe = { model: 'MiniLM', data: { dataset: 'film' } }

const problems = (change: object): readonly string[] =>
  (recipeSchema.safeParse({ ...recipe, ...change }).error?.issues ?? [])
    .flatMap(problemsOf)
    .map(({ path, message }) => `${path}: ${message}`)

describe('what is wrong with a recipe', () => {
  it('names bounds as a person says them', () => {
    expect(problems({ epochs: 0 })).toEqual(['epochs: This must be more than 0.'])
    expect(problems({ batch: { size: 0 } })).toEqual(['batch.size: This must be at least 1.'])
    expect(problems({ optimizer: { learningRate: 11 } })).toEqual([
      'optimizer.learningRate: This must be at most 10.',
    ])
  })

  it('names each unknown field by its own path', () => {
    expect(problems({ epoch: 3, batch: { rows: 8 } }).toSorted()).toEqual([
      'batch.rows: There is no field of this name.',
      'epoch: There is no field of this name.',
    ])
  })

  it('says the words that a field knows', () => {
    expect(problems({ batch: { order: 'size' } })).toEqual([
      'batch.order: This must be length or random.',
    ])
    expect(problems({ evaluation: { every: 'step' } })).toEqual([
      'evaluation.every: This must be epoch or a number.',
    ])
  })

  it('says the methods that a list knows', () => {
    const [problem] = problems({ knowledge: { pack: 'p', prediction: [{ use: 'magic' }] } })
    expect(problem).toBe(
      'knowledge.prediction.0.use: This must be posterior or neighbours or prior-shift or calibration or hard-rules or abstain or conformal.',
    )
  })

  it('says where a list belongs', () => {
    expect(problems({ knowledge: { pack: 'p', training: 'words' } })).toEqual([
      'knowledge.training: This must be auto or none or a list.',
    ])
  })

  it('looks into the alternative that was meant', () => {
    expect(problems({ train: { lastLayers: 'two' } })).toEqual([
      'train.lastLayers: This must be a number.',
    ])
  })

  it('tells missing from empty and wrong', () => {
    expect(problems({ model: undefined })).toEqual(['model: This is missing.'])
    expect(problems({ model: '' })).toEqual(['model: This must not be empty.'])
    expect(problems({ seeds: { data: 1.5 } })).toEqual(['seeds.data: This must be a whole number.'])
    expect(problems({ data: 'film' })).toEqual([
      'data: This must be a section with fields of its own.',
    ])
  })
})
