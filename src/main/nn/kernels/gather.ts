import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import { tensor } from '../tf'

/** Rows `indices` of x [n, C]; the gradient of a row is the sum over where it was taken. */
export function gatherRows(tape: Tape, x: Value, indices: Int32Array): Value {
  const ids = tensor(indices.slice(), [indices.length])
  const [rows = 0] = x.shape
  return tape.record1({
    inputs: [x],
    outputs: [ops.gather(x.tensor, ids)],
    kept: [ids],
    backward: ([parts]) => {
      const dy = total(parts)
      x.receive(ops.segmentSum(dy, ids, rows))
      dy.dispose()
    },
  })
}
