import type { SparseRows } from './token-features'
import { add, dot } from './vectors'

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
  let length = dot(gradient, gradient)
  const enough = length * tolerance ** 2
  for (let step = 0; step < mostSteps && length > enough; step += 1) {
    const curved = transposed(x, rows, (row) => rowProduct(x, row, direction))
    add(curved, direction, l2)
    const far = length / dot(direction, curved)
    add(weights, direction, far)
    add(gradient, curved, -far)
    const next = dot(gradient, gradient)
    const kept = next / length
    direction.forEach((own, j) => {
      direction[j] = (gradient[j] ?? 0) + kept * own
    })
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
