import { createRandom, permutation } from '../../platform/random'

/**
 * Batches of `size` rows (fewer where there are fewer rows) that ride along with steps: all rows in
 * random order, then all again in another. A pure function of the seed and the step, from 0.
 */
export function unlabelledBatches(
  rows: Int32Array,
  size: number,
  seed: number,
): (step: number) => Int32Array {
  const count = Math.min(size, rows.length)
  const orders = new Map<number, Int32Array>()
  const orderOf = (round: number): Int32Array => {
    const known = orders.get(round)
    if (known !== undefined) return known
    // A step touches two rounds at most.
    for (const old of orders.keys()) if (orders.size > 1) orders.delete(old)
    const order = permutation(rows.length, createRandom(seed, stream, round))
    orders.set(round, order)
    return order
  }
  return (step) =>
    Int32Array.from({ length: count }, (_, index) => {
      const at = step * count + index
      const order = orderOf(Math.floor(at / rows.length))
      return rows[order[at % rows.length] ?? 0] ?? 0
    })
}

/** Tells this order of rows from others of the same seed. */
const stream = 0x756e6c62
