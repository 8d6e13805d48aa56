import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import { library } from './library'
import type { Activation } from './native'

export type { Activation } from './native'

/**
 * act(x + bias): x [.., C], bias float32 [C]. GELU is x Φ(x) (Hendrycks & Gimpel 2016), geluTanh its
 * approximation by tanh. Saves x.
 */
export function activation(tape: Tape, kind: Activation, x: Value, bias?: Value): Value {
  return tape.record1({
    inputs: [x, bias],
    outputs: [library().biasActivation(kind, x.tensor, bias?.tensor)],
    saved: [x, bias],
    backward: ([parts]) => {
      const dy = total(parts)
      const { dx, dbias } = library().biasActivationGrad(kind, x.tensor, bias?.tensor, dy)
      x.receive(dx)
      if (dbias !== undefined && bias !== undefined) bias.receive(dbias)
      dy.dispose()
    },
  })
}

/** tanh x of any shape; the gradient is dy (1 - y²). Saves y. */
export function tanh(tape: Tape, x: Value): Value {
  const output = ops.tanh(x.tensor)
  return tape.record1({
    inputs: [x],
    outputs: [output],
    kept: [output.retain()],
    backward: ([parts]) => {
      const dy = total(parts)
      x.receive(ops.tanhGrad(output, dy))
      dy.dispose()
    },
  })
}
