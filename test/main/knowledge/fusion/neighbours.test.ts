import { describe, expect, it } from 'vitest'
import {
  neighbourFinder,
  neighbourProbabilities,
  neighbourShares,
} from '../../../../src/main/knowledge/fusion/neighbours'

const keys = Float32Array.of(1, 0, 0, 2, 3, 3, -1, 0)

describe('nearest neighbours', () => {
  it('come in the order of their distance, without the row itself', () => {
    const rows = (distance: 'cosine' | 'euclidean', exclude?: number) =>
      neighbourFinder(keys, 2, distance)(Float32Array.of(1, 0.1), 3, exclude).map(
        (found) => found.row,
      )
    expect(rows('cosine')).toEqual([0, 2, 1])
    expect(rows('euclidean')).toEqual([0, 3, 1])
    expect(rows('cosine', 0)).toEqual([2, 1, 3])
  })

  it('have the distance that was asked for', () => {
    expect(neighbourFinder(keys, 2, 'cosine')([3, 3], 1)[0]?.distance).toBeCloseTo(0, 6)
    expect(neighbourFinder(keys, 2, 'euclidean')([2, 0], 1)[0]).toEqual({ row: 0, distance: 1 })
  })

  it('weigh softmax(−distance / temperature)', () => {
    // exp(0) : exp(−1) : exp(−2)
    const near = [0.2, 0.7, 1.2].map((distance, at) => ({ distance, labels: [at % 2] }))
    const sum = 1 + Math.exp(-1) + Math.exp(-2)
    expect(neighbourShares(near, 0.5)[1]).toBeCloseTo(Math.exp(-1) / sum, 12)
    expect(neighbourProbabilities(near, 2, 0.5)[0]).toBeCloseTo((1 + Math.exp(-2)) / sum, 12)
    expect([...neighbourProbabilities([], 2, 1)]).toEqual([0, 0])
  })
})
