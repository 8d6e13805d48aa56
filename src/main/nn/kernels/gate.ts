import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'

/** x · σ(bias): x [n, C], bias [C]. Gradients: dx = dy σ, dbias = Σ dy x σ (1 − σ). Saves x. */
export function gate(tape: Tape, x: Value, bias: Value): Value {
  const open = ops.sigmoid(bias.tensor)
  return tape.record1({
    inputs: [x, bias],
    outputs: [ops.multiply(x.tensor, open)],
    saved: [x],
    kept: [open],
    backward: ([parts]) => {
      const dy = total(parts)
      x.receive(ops.multiply(dy, open))
      const product = ops.multiply(dy, x.tensor)
      const summed = ops.sum(product, [0])
      const squared = ops.square(open)
      const slope = ops.subtract(open, squared)
      bias.receive(ops.multiply(summed, slope))
      for (const one of [dy, product, summed, squared, slope]) one.dispose()
    },
  })
}

/** a + b of one shape; both get the whole gradient. */
export function sum(tape: Tape, a: Value, b: Value): Value {
  return tape.record1({
    inputs: [a, b],
    outputs: [ops.add(a.tensor, b.tensor)],
    backward: ([parts]) => {
      const dy = total(parts)
      a.receive(dy.retain())
      b.receive(dy)
    },
  })
}
