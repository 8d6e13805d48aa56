import * as ops from '../ops'
import type { Layout } from '../layout'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import type { Tensor } from '../tf'
import { tensor } from '../tf'
import { gatherRows } from './gather'

export type Pooling = 'first' | 'mean' | 'max'

/**
 * One vector a sequence: x [n, C] of all tokens to [rows, C]. Padding never counts, nor what the
 * structure of the batch leaves out.
 */
export function pool(tape: Tape, kind: Pooling, x: Value, layout: Layout): Value {
  switch (kind) {
    case 'first':
      return gatherRows(tape, x, layout.firsts)
    case 'mean':
      return meanPool(tape, x, layout)
    case 'max':
      return maxPool(tape, x, layout)
  }
}

/** The segment of each token row; padding goes to one more segment, which is cut off. */
const ownersOf = (layout: Layout) => tensor(layout.pooled.owners.slice(), [layout.count])

/** Σ x / tokens of the sequence; the gradient of a token is dy / tokens. */
function meanPool(tape: Tape, x: Value, layout: Layout): Value {
  const owners = ownersOf(layout)
  const shares = tensor(
    Float32Array.from([...layout.pooled.lengths, 1], (length) => 1 / Math.max(1, length)),
    [layout.rows + 1, 1],
  )
  const sums = ops.segmentSum(x.tensor, owners, layout.rows + 1)
  const means = ops.multiply(sums, shares)
  sums.dispose()
  return tape.record1({
    inputs: [x],
    outputs: [ops.consume(firstRows(means, layout.rows), means)],
    kept: [owners, shares],
    backward: ([parts]) => {
      const dy = total(parts)
      const whole = withEmptyRow(dy)
      const shared = ops.multiply(whole, shares)
      x.receive(ops.gather(shared, owners))
      for (const part of [dy, whole, shared]) part.dispose()
    },
  })
}

/** The maximum, column by column; tokens that share it share the gradient equally. */
function maxPool(tape: Tape, x: Value, layout: Layout): Value {
  const owners = ownersOf(layout)
  const maxima = ops.segmentMax(x.tensor, owners, layout.rows + 1)
  return tape.record1({
    inputs: [x],
    outputs: [firstRows(maxima, layout.rows)],
    saved: [x],
    kept: [owners, maxima],
    backward: ([parts]) => {
      const dy = total(parts)
      const whole = withEmptyRow(dy)
      const tops = ops.gather(maxima, owners)
      const hits = ops.equal(x.tensor, tops)
      const counts = ops.segmentSum(hits, owners, layout.rows + 1)
      const one = ops.scaleBy(counts, 0)
      const ones = ops.addNumber(one, 1)
      const divisors = ops.maximum(counts, ones)
      const shared = ops.divide(whole, divisors)
      const spread = ops.gather(shared, owners)
      x.receive(ops.multiply(spread, hits))
      for (const part of [dy, whole, tops, hits, counts, one, ones]) part.dispose()
      for (const part of [divisors, shared, spread]) part.dispose()
    },
  })
}

function firstRows(x: Tensor, rows: number): Tensor {
  const ids = tensor(
    Int32Array.from({ length: rows }, (_, row) => row),
    [rows],
  )
  return ops.consume(ops.gather(x, ids), ids)
}

function withEmptyRow(x: Tensor): Tensor {
  const width = x.shape[1] ?? 0
  const empty = tensor(new Float32Array(width), [1, width])
  return ops.consume(ops.concat([x, empty], 0), empty)
}
