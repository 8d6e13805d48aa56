import { createRandom, permutation } from '../platform/random'

/**
 * Fold of each row, 0 to `folds` − 1, so that every fold has its share of each class (stratified
 * cross-validation); decided by the seed.
 *
 * @param y [n] class indices
 */
export function stratifiedFolds(y: Int32Array, folds: number, seed: number): Int32Array {
  const count = Math.max(2, Math.min(folds, y.length))
  const order = permutation(y.length, createRandom(seed, 0x666f6c64))
  const byClass = new Map<number, number[]>()
  for (const row of order) {
    const label = y[row] ?? 0
    const rows = byClass.get(label)
    if (rows === undefined) byClass.set(label, [row])
    else rows.push(row)
  }
  const fold = new Int32Array(y.length)
  let next = 0
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    for (const row of byClass.get(label) ?? []) {
      fold[row] = next % count
      next += 1
    }
  }
  return fold
}

/** Positions of the rows in and outside of one fold. */
export function splitFold(
  fold: Int32Array,
  which: number,
): { readonly inside: Int32Array; readonly outside: Int32Array } {
  const inside: number[] = []
  const outside: number[] = []
  fold.forEach((of, row) => (of === which ? inside : outside).push(row))
  return { inside: Int32Array.from(inside), outside: Int32Array.from(outside) }
}
