import * as ops from '../../ops'
import type { Tensor } from '../../tf'

/** Sum over all rows: x [.., C] to float32 [C]; the gradient of a bias. */
export function columnSum(x: Tensor): Tensor {
  const wide = ops.castTo(x, 'float32')
  const axes = x.shape.slice(1).map((_, axis) => axis)
  return ops.consume(ops.sum(wide, axes), wide)
}

/** float32 to bfloat16 (to nearest, ties to even), narrower types to float32. */
export function cast(x: Tensor): Tensor {
  return ops.castTo(x, x.dtype === 'float32' ? 'bfloat16' : 'float32')
}
