import { createRandom, permutation, shuffleInPlace } from '../platform/random'

export interface BatchOptions {
  /** Length in tokens of every row; a batch names rows by their position here. */
  readonly lengths: ArrayLike<number>
  readonly size: number
  /** Padded tokens of a batch (rows × longest row) instead of a number of rows; null: by rows. */
  readonly tokens: number | null
  /** `length`: rows of similar length together, batches in random order. */
  readonly order: 'length' | 'random'
  readonly seed: number
}

/** Batches that are sorted by length together; more gives less padding, fewer more variety. */
const poolBatches = 64

/**
 * The batches of an epoch (from 0), in their order: a pure function of options and epoch, so that
 * (epoch, batch) is all that a checkpoint has to keep.
 */
export function planEpoch(options: BatchOptions, epoch: number): readonly Int32Array[] {
  const random = createRandom(options.seed, epoch)
  const order = permutation(options.lengths.length, random)
  if (options.order === 'random') return cut(order, options)
  // With a token budget all rows form one pool: the number of batches is then the same every epoch.
  const pool = options.tokens === null ? options.size * poolBatches : Math.max(1, order.length)
  const batches: Int32Array[] = []
  for (let start = 0; start < order.length; start += pool) {
    batches.push(...cut(byLength(order.slice(start, start + pool), options.lengths), options))
  }
  return shuffleInPlace(batches, random)
}

/** Stable: rows of one length stay in their random order. */
const byLength = (rows: Int32Array, lengths: ArrayLike<number>): Int32Array =>
  rows.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0))

/** No gradients are kept in an evaluation, so its batches may be large. */
const evaluationSize = { size: 256, tokens: 8192 }

/**
 * Batches for evaluation: every row once, shortest first, so that padding is least. The order is
 * fixed; results belong back to the rows that the batch names.
 */
export function evaluationBatches(
  given: Pick<BatchOptions, 'lengths'> & Partial<Pick<BatchOptions, 'size' | 'tokens'>>,
): readonly Int32Array[] {
  const options = { ...evaluationSize, ...given }
  const rows = Int32Array.from({ length: options.lengths.length }, (_, at) => at)
  return cut(byLength(rows, options.lengths), options)
}

function cut(
  rows: Int32Array,
  options: Pick<BatchOptions, 'lengths' | 'size' | 'tokens'>,
): Int32Array[] {
  const batches: Int32Array[] = []
  let start = 0
  let longest = 0
  for (let at = 0; at < rows.length; at += 1) {
    const length = options.lengths[rows[at] ?? 0] ?? 0
    const widened = Math.max(longest, length)
    const count = at - start
    const full =
      options.tokens === null ? count >= options.size : widened * (count + 1) > options.tokens
    if (full && count > 0) {
      batches.push(rows.slice(start, at))
      start = at
      longest = length
    } else {
      longest = widened
    }
  }
  if (start < rows.length) batches.push(rows.slice(start))
  return batches
}
