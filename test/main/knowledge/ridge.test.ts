import { describe, expect, it } from 'vitest'
import { fitRidge, rowProduct } from '../../../src/main/knowledge/ridge'
import type { SparseRows } from '../../../src/main/knowledge/token-features'

const sparse = (rows: readonly (readonly number[])[]): SparseRows => {
  const entries = rows.map((row) =>
    row.flatMap((value, place) => (value === 0 ? [] : [{ place, value }])),
  )
  const starts = Int32Array.from({ length: rows.length + 1 }, (_, row) =>
    entries.slice(0, row).reduce((sum, own) => sum + own.length, 0),
  )
  return {
    ...{ rows: rows.length, columns: rows[0]?.length ?? 0, starts },
    places: Int32Array.from(entries.flat(), ({ place }) => place),
    values: Float64Array.from(entries.flat(), ({ value }) => value),
  }
}

describe('a ridge regression on a sparse matrix', () => {
  // (XᵀX + 2 I) w = Xᵀ t with XᵀX = [[2, 1], [1, 5]] and Xᵀ t = [3, 5].
  const x = sparse([
    [1, 0],
    [1, 1],
    [0, 2],
  ])
  const targets = Float64Array.of(1, 2, 1.5)

  it('solves its normal equations', () => {
    const weights = fitRidge(x, Int32Array.of(0, 1, 2), targets, 2)
    expect(weights[0]).toBeCloseTo((3 * 7 - 5) / 27, 8)
    expect(weights[1]).toBeCloseTo((5 * 4 - 3) / 27, 8)
    expect(rowProduct(x, 1, weights)).toBeCloseTo((16 + 17) / 27, 8)
  })

  it('takes the rows that it is given alone', () => {
    const [first, second] = fitRidge(x, Int32Array.of(0), targets, 1)
    expect([first, second]).toEqual([expect.closeTo(0.5, 10), 0])
  })

  it('is 0 where nothing is to be learned', () => {
    expect([...fitRidge(x, Int32Array.of(0, 1), new Float64Array(3), 1)]).toEqual([0, 0])
    expect([...fitRidge(x, new Int32Array(0), targets, 1)]).toEqual([0, 0])
  })
})
