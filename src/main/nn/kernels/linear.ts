import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import type { Tensor } from '../tf'
import { library } from './library'

/**
 * x Wᵀ + b: x [n, in], W [out, in] (as checkpoints store it), b float32 [out], all products in the
 * type of x and W. Gradients: dx = dy W, dW = dyᵀ x, db = Σ dy. Saves x.
 */
export function linear(tape: Tape, x: Value, weight: Value, bias?: Value): Value {
  const product = timesTransposed(x.tensor, weight.tensor)
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
      if (weight.needsGradient) weight.receive(ops.matMul(dy, x.tensor, true, false))
      if (x.needsGradient) x.receive(ops.matMul(dy, weight.tensor))
      dy.dispose()
    },
  })
}

/** From here on a float32 product reads a transposed operand a fifth slower on the CPU. */
const longInner = 1024
/** And from here on turning the weight first takes less time than that. */
const manyRows = 768

/** x Wᵀ. */
function timesTransposed(x: Tensor, weight: Tensor): Tensor {
  const [rows = 0, inner = 0] = x.shape
  if (x.dtype !== 'float32' || inner < longInner || rows < manyRows) {
    return ops.matMul(x, weight, false, true)
  }
  const turned = ops.transpose(weight, [1, 0])
  return ops.consume(ops.matMul(x, turned), turned)
}
