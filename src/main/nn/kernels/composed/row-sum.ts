import * as ops from '../../ops'
import type { Tensor } from '../../tf'
import { read, tensor } from '../../tf'

/**
 * Sums rows of the same id: rows float32 [n, C], ids int32 [n] to unique ids [U] (ascending) and
 * their sums [U, C].
 */
export function rowSum(
  rows: Tensor,
  ids: Tensor,
): { readonly ids: Tensor; readonly values: Tensor } {
  const all = read(ids)
  const unique = Int32Array.from(new Set(all)).sort()
  const place = new Map(Array.from(unique, (id, index) => [id, index]))
  const inverse = tensor(
    Int32Array.from(all, (id) => place.get(id) ?? 0),
    [all.length],
  )
  const values = ops.segmentSum(rows, inverse, unique.length)
  inverse.dispose()
  return { ids: tensor(unique, [unique.length]), values }
}
