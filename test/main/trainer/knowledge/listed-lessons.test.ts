import { describe, expect, it } from 'vitest'
import { lessonsOf, listedLessons } from '../../../../src/main/trainer/knowledge/listed-lessons'
import { method } from './term-runs'

describe('what a recipe lists as the first things to learn of a pack', () => {
  it('are its words and then weak labels, in whatever order they are listed', () => {
    const methods = [method({ use: 'weak' }), method({ use: 'distill' }), method({ use: 'words' })]
    expect(listedLessons(methods)).toEqual(['words', 'weak'])
  })

  it('are not weak labels that stand beside the labelled rows', () => {
    expect(listedLessons([method({ use: 'weak', when: 'together' })])).toEqual([])
  })

  it('are learned as long and as fast as the recipe says', () => {
    const listed = [
      method({ use: 'words', maxSteps: 7, batch: 4, learningRate: 1e-3 }),
      method({ use: 'weak', maxSteps: 9, confidence: 0.8 }),
    ]
    const { words, weak, seed } = lessonsOf(listed, 3)
    expect(words?.(100)).toEqual({ steps: 7, batch: 4, learningRate: 1e-3 })
    expect(weak?.training(true)).toEqual({ steps: 9, batch: 16, learningRate: 1e-4 })
    expect(weak).toMatchObject({ labelModel: 'auto', confidence: 0.8 })
    expect(seed).toBe(3)
  })
})
