import { describe, expect, it } from 'vitest'
import { tokenFeatures } from '../../../src/main/knowledge/token-features'

const rowOf = ({ starts, places, values }: ReturnType<typeof tokenFeatures>, row: number) =>
  new Map(
    Array.from(places.subarray(starts[row], starts[row + 1]), (place, at) => [
      place,
      values[(starts[row] ?? 0) + at] ?? 0,
    ]),
  )

describe('texts by their tokens', () => {
  it('have a column for each token and pair that stands in two of them, rarer ones heavier', () => {
    const texts = [Int32Array.of(5, 7), Int32Array.of(5, 7, 5), Int32Array.of(5, 9)]
    const features = tokenFeatures(texts)
    // 5 in all, 7 and the pair (5, 7) in two; (7, 5), 9 and (5, 9) in one.
    expect([features.rows, features.columns]).toEqual([3, 3])
    const rare = 1 + Math.log(4 / 3)
    const length = Math.sqrt(1 + 2 * rare ** 2)
    const first = [...rowOf(features, 0).values()]
    expect(first).toEqual([1, rare, rare].map((value) => expect.closeTo(value / length, 10)))
    const twice = 1 + Math.log(2)
    const second = Math.sqrt(twice ** 2 + 2 * rare ** 2)
    expect(rowOf(features, 1).get(0)).toBeCloseTo(twice / second, 10)
    expect([...rowOf(features, 2)]).toEqual([[0, 1]])
  })

  it('have no pair over what parts two tokens', () => {
    const features = tokenFeatures([Int32Array.of(-1, 5, -1, 7), Int32Array.of(5, -1, 7, -1)])
    expect(features.columns).toBe(2)
  })

  it('may have nothing in common', () => {
    const features = tokenFeatures([Int32Array.of(1), Int32Array.of(2), new Int32Array(0)])
    expect([features.columns, [...features.starts]]).toEqual([0, [0, 0, 0, 0]])
  })
})
