import { createRandom, permutation, shuffleInPlace } from './random'

export interface BatchOptions {
  /** Length in tokens of every row; a batch names rows by their position here. */
  readonly lengths: ArrayLike<number>
  readonly size: number
  /** Padded tokens of a batch (rows × longest row) instead of a number of rows; null: by rows. */
  readonly tokens: number | null
  /** `length`: rows of similar length together, batches in random order. */
  readonly order: 'length' | 'random'
  readonly seed: number
  /** Batches whose gradients make one step; the last step of an epoch may have fewer. */
  readonly accumulate: number
}

/** Where training stands: the next batch to compute. Plain numbers, for a checkpoint. */
export interface BatchPosition {
  readonly epoch: number
  readonly batch: number
}

export interface BatchAt {
  readonly position: BatchPosition
  /** Positions of the rows. */
  readonly rows: Int32Array
  /** Where to go on after this batch. */
  readonly next: BatchPosition
  /** Whether the optimiser steps after this batch. */
  readonly endsStep: boolean
  readonly endsEpoch: boolean
  /** Rows of all batches of the step that this batch belongs to. */
  readonly stepRows: number
}

export interface Batches {
  /** The batches of an epoch (from 0): a pure function of options and epoch. */
  epoch(epoch: number): readonly Int32Array[]
  stepsIn(epoch: number): number
  /** Optimiser steps of so many epochs, which need not be a whole number. */
  steps(epochs: number): number
  /** All batches from a position on, without end; the caller stops. */
  from(position: BatchPosition): Generator<BatchAt, never, undefined>
}

/** Batches that are sorted by length together; more gives less padding, fewer more variety. */
const poolBatches = 64

/**
 * Plans batches. The plan of an epoch depends on options and epoch alone, so a position (epoch,
 * batch) is all that a checkpoint has to keep.
 */
export function createBatches(options: BatchOptions): Batches {
  const plans = new Map<number, readonly Int32Array[]>()
  const epoch = (number: number): readonly Int32Array[] => {
    const known = plans.get(number)
    if (known !== undefined) return known
    if (plans.size >= 2) plans.clear()
    const plan = planEpoch(options, number)
    plans.set(number, plan)
    return plan
  }
  const stepsIn = (number: number): number => Math.ceil(epoch(number).length / options.accumulate)
  const constant = options.tokens === null || options.order === 'length'
  const steps = (epochs: number): number => {
    const whole = Math.floor(epochs)
    const part = epochs - whole
    let total = constant ? whole * stepsIn(0) : 0
    for (let at = 0; !constant && at < whole; at += 1) total += stepsIn(at)
    return total + Math.ceil(part * (part > 0 ? stepsIn(constant ? 0 : whole) : 0))
  }
  return { epoch, stepsIn, steps, from: (position) => walk(epoch, options.accumulate, position) }
}

function* walk(
  epoch: (number: number) => readonly Int32Array[],
  accumulate: number,
  from: BatchPosition,
): Generator<BatchAt, never, undefined> {
  let position = from
  for (;;) {
    const plan = epoch(position.epoch)
    const rows = plan[position.batch]
    if (rows === undefined) {
      if (plan.length === 0) throw new RangeError('There are no rows to make batches of.')
      position = { epoch: position.epoch + 1, batch: 0 }
      continue
    }
    const endsEpoch = position.batch + 1 === plan.length
    const next = endsEpoch
      ? { epoch: position.epoch + 1, batch: 0 }
      : { epoch: position.epoch, batch: position.batch + 1 }
    const first = position.batch - (position.batch % accumulate)
    const stepRows = plan
      .slice(first, first + accumulate)
      .reduce((sum, batch) => sum + batch.length, 0)
    const endsStep = endsEpoch || (position.batch + 1) % accumulate === 0
    yield { position, rows, next, endsStep, endsEpoch, stepRows }
    position = next
  }
}

function planEpoch(options: BatchOptions, epoch: number): readonly Int32Array[] {
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

/**
 * Batches for evaluation: every row once, shortest first, so that padding is least. The order is
 * fixed; results belong back to the rows that the batch names.
 */
export function evaluationBatches(
  options: Pick<BatchOptions, 'lengths' | 'size' | 'tokens'>,
): readonly Int32Array[] {
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
