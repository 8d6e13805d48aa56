import { describe, expect, it } from 'vitest'
import { recipeSchema } from '@shared/domain'
import type { RecipeInput } from '@shared/domain'
import type { RecipeWithPack } from '../../../src/main/engine/ablation-plan'
import { fullArm, nameOfCell, planCells, recipeOfArm } from '../../../src/main/engine/ablation-plan'

function recipeWith(knowledge: NonNullable<RecipeInput['knowledge']>): RecipeWithPack {
  const recipe = recipeSchema.parse({
    model: 'tiny',
    data: { dataset: 'reviews' },
    train: 'head',
    knowledge,
  })
  if (recipe.knowledge === null) throw new Error('The recipe has no pack.')
  return { ...recipe, knowledge: recipe.knowledge }
}

describe('the recipe of an arm', () => {
  const recipe = recipeWith({ pack: 'moods', labels: { good: 'positive' } })
  const knowledge = { pack: 'moods', labels: { good: 'positive' }, without: [] }

  it('says where knowledge takes part and leaves the rest as it is', () => {
    expect(recipeOfArm(recipe, 'none')).toEqual({ ...recipe, knowledge: null })
    expect(recipeOfArm(recipe, 'training')).toEqual({
      ...recipe,
      knowledge: { ...knowledge, training: 'auto', prediction: 'none' },
    })
    expect(recipeOfArm(recipe, 'prediction').knowledge).toEqual({
      ...knowledge,
      training: 'none',
      prediction: 'auto',
    })
    expect(recipeOfArm(recipe, 'both').knowledge).toEqual({
      ...knowledge,
      training: 'auto',
      prediction: 'auto',
    })
  })

  it('also chooses what is trained, automatically, in the arm auto', () => {
    expect(recipeOfArm(recipe, 'auto')).toMatchObject({
      train: 'auto',
      knowledge: { training: 'auto', prediction: 'auto' },
    })
    expect(recipeOfArm(recipe, 'both').train).toBe('head')
  })

  it('keeps the methods that a recipe lists, except in the arm auto', () => {
    const listed = recipeWith({
      pack: 'moods',
      training: [{ use: 'features' }],
      prediction: [{ use: 'posterior', lambda: 2 }],
    })
    const training = [{ use: 'features', gate: true }]
    const prediction = [{ use: 'posterior', lambda: 2 }]
    expect(recipeOfArm(listed, 'both').knowledge).toMatchObject({ training, prediction })
    expect(recipeOfArm(listed, 'training').knowledge).toMatchObject({
      training,
      prediction: 'none',
    })
    expect(recipeOfArm(listed, 'prediction').knowledge).toMatchObject({
      training: 'none',
      prediction,
    })
    expect(recipeOfArm(listed, 'auto').knowledge).toMatchObject({
      training: 'auto',
      prediction: 'auto',
    })
  })

  it('uses knowledge even where the recipe says none for the part that the arm is about', () => {
    const silent = recipeWith({ pack: 'moods', training: 'none', prediction: 'none' })
    expect(recipeOfArm(silent, 'training').knowledge?.training).toBe('auto')
    expect(recipeOfArm(silent, 'prediction').knowledge?.prediction).toBe('auto')
  })
})

describe('the plan of an ablation', () => {
  const recipe = recipeWith({ pack: 'moods', without: ['rule:old'] })
  const plan = {
    recipe,
    arms: ['none', 'prediction', 'both'],
    labels: [16, null],
    seeds: 2,
    pieces: ['lexicon:words', 'rule:joy'],
  } as const
  const cells = planCells(plan)

  it('goes seed by seed through labels and arms', () => {
    expect(cells).toHaveLength(2 * 2 * 5)
    expect(cells.slice(0, 6).map(({ arm, labels, seed }) => [arm, labels, seed])).toEqual([
      ['none', 16, 0],
      ['prediction', 16, 0],
      ['both', 16, 0],
      ['without lexicon:words', 16, 0],
      ['without rule:joy', 16, 0],
      ['none', null, 0],
    ])
    expect(cells.at(-1)).toMatchObject({ arm: 'without rule:joy', labels: null, seed: 1 })
  })

  it('gives all arms of a cell the same rows, seeds and no weights to keep', () => {
    for (const cell of cells) {
      expect(cell.recipe.data.trainRows).toBe(cell.labels)
      expect(cell.recipe.seeds).toEqual({ data: cell.seed, init: cell.seed, dropout: cell.seed })
      expect(cell.recipe.checkpoint.keep).toBe('none')
    }
  })

  it('leaves each piece out of the last arm with knowledge, beside what is out already', () => {
    expect(cells[3]?.recipe.knowledge).toMatchObject({
      training: 'auto',
      prediction: 'auto',
      without: ['rule:old', 'lexicon:words'],
    })
    expect(fullArm(['both', 'training', 'none'])).toBe('training')
    expect(fullArm(['none'])).toBeNull()
  })

  it('names a cell as people say it', () => {
    const cell = { arm: 'none', labels: 16, seed: 3 }
    expect(nameOfCell('valence', cell)).toBe('valence · none · n=16 · seed 3')
    expect(nameOfCell('valence', { ...cell, labels: null })).toBe(
      'valence · none · all labels · seed 3',
    )
  })
})
