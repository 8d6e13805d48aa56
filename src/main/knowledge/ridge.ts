import type { SparseRows } from './token-features'

/** Steps at most; rows of length 1 and a ridge of 1 need about ten. */
const mostSteps = 100

/** The gradient's length ends it at such a share of its first. */
const tolerance = 1e-4

/**
 * The weights [columns] of a ridge regression on some rows of a sparse matrix,
 *
 *     min_w Σ_i (t_i − x_i w)² + l2 ‖w‖²
 *
 * by conjugate gradients on its normal equations (Hestenes & Stiefel 1952).
 *
 * @param rows positions of the rows that are fitted
 * @param targets of all rows of `x`
 */
export function fitRidge(
  x: SparseRows,
  rows: Int32Array,
  targets: Float64Array,
  l2: number,
): Float64Array {
  const weights = new Float64Array(x.columns)
  const gradient = transposed(x, rows, (row) => targets[row] ?? 0)
  const direction = gradient.slice()
  let length = squares(gradient)
  const enough = length * tolerance ** 2
  for (let step = 0; step < mostSteps && length > enough; step += 1) {
    const curved = transposed(x, rows, (row) => rowProduct(x, row, direction))
    let curvature = 0
    for (let j = 0; j < direction.length; j += 1) {
      const own = direction[j] ?? 0
      curved[j] = (curved[j] ?? 0) + l2 * own
      curvature += own * (curved[j] ?? 0)
    }
    const far = length / curvature
    for (let j = 0; j < direction.length; j += 1) {
      weights[j] = (weights[j] ?? 0) + far * (direction[j] ?? 0)
      gradient[j] = (gradient[j] ?? 0) - far * (curved[j] ?? 0)
    }
    const next = squares(gradient)
    for (let j = 0; j < direction.length; j += 1) {
      direction[j] = (gradient[j] ?? 0) + (next / length) * (direction[j] ?? 0)
    }
    length = next
  }
  return weights
}

/** x_r w */
export function rowProduct(x: SparseRows, row: number, weights: Float64Array): number {
  const { starts, places, values } = x
  let sum = 0
  const end = starts[row + 1] ?? 0
  for (let at = starts[row] ?? 0; at < end; at += 1) {
    sum += (values[at] ?? 0) * (weights[places[at] ?? 0] ?? 0)
  }
  return sum
}

/** Xᵀ v over some rows. */
function transposed(
  { columns, starts, places, values }: SparseRows,
  rows: Int32Array,
  of: (row: number) => number,
): Float64Array {
  const result = new Float64Array(columns)
  for (const row of rows) {
    const factor = of(row)
    const end = starts[row + 1] ?? 0
    for (let at = starts[row] ?? 0; at < end; at += 1) {
      const place = places[at] ?? 0
      result[place] = (result[place] ?? 0) + (values[at] ?? 0) * factor
    }
  }
  return result
}

const squares = (values: Float64Array): number => values.reduce((sum, one) => sum + one * one, 0)
