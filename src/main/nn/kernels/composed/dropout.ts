import * as ops from '../../ops'
import type { Tensor } from '../../tf'
import { scalar } from '../../tf'
import type { Dropout } from '../native'

/**
 * 0 or 1 / (1 - rate) for every element, float32: a pure function of key and shape (TensorFlow's
 * stateless generator), so the backward pass computes it again and nothing is stored.
 */
export function dropoutMask(shape: readonly number[], { rate, key }: Dropout): Tensor {
  const seed = ops.asInt64(key)
  const uniform = ops.randomUniform(shape, seed)
  const threshold = scalar(rate)
  const kept = ops.atLeast(uniform, threshold)
  const mask = ops.scaleBy(kept, 1 / (1 - rate))
  for (const part of [seed, uniform, threshold, kept]) part.dispose()
  return mask
}

/** x of any shape with elements dropped; the gradient is the same function of dy. */
export function dropout(x: Tensor, options: Dropout): Tensor {
  const wide = dropoutMask(x.shape, options)
  const mask = ops.castTo(wide, x.dtype)
  return ops.consume(ops.multiply(x, mask), wide, mask)
}
