import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import { library } from './library'

/**
 * x Wᵀ + b: x [n, in], W [out, in] (as checkpoints store it), b float32 [out], all products in the
 * type of x and W. Gradients: dx = dy W, dW = dyᵀ x, db = Σ dy. Saves x.
 */
export function linear(tape: Tape, x: Value, weight: Value, bias?: Value): Value {
  const product = library().product(x.tensor, weight.tensor, false, true)
  const output =
    bias === undefined
      ? product
      : ops.consume(library().biasActivation('identity', product, bias.tensor), product)
  return tape.record1({
    inputs: [x, weight, bias],
    outputs: [output],
    saved: [weight.needsGradient ? x : undefined, x.needsGradient ? weight : undefined],
    backward: ([parts]) => {
      const dy = total(parts)
      if (bias?.needsGradient === true) bias.receive(library().columnSum(dy))
      if (weight.needsGradient) weight.receive(library().product(dy, x.tensor, true))
      if (x.needsGradient) x.receive(library().product(dy, weight.tensor))
      dy.dispose()
    },
  })
}
