import * as ops from '../../ops'
import type { Tensor } from '../../tf'
import type { Dropout } from '../native'
import { dropout } from './dropout'

const { consume } = ops

/** Sequences of one length, padding included. */
export interface PaddedAttention {
  /** [rows · length, 3H]: query, key and value side by side. */
  readonly qkv: Tensor
  readonly rows: number
  readonly length: number
  readonly heads: number
  /**
   * float32 [rows, 1, 1, length] or [rows, 1, length, length]: 0 where a key is seen (by the query),
   * a very negative number where not.
   */
  readonly mask: Tensor
  readonly dropout: Dropout | undefined
}

interface Split {
  /** [rows, heads, length, depth]; the query is scaled by 1 / √depth. */
  readonly q: Tensor
  readonly k: Tensor
  readonly v: Tensor
}

/**
 * softmax(q kᵀ / √depth + mask) v for every head (Vaswani et al. 2017, equation 1), the softmax in
 * float32. `weights` [rows, heads, length, length] is what the gradient needs besides the inputs.
 */
export function paddedAttention(inputs: PaddedAttention): {
  /** [rows · length, H]. */
  readonly context: Tensor
  readonly weights: Tensor
} {
  const { q, k, v } = heads(inputs)
  const scores = ops.batchMatMul(q, k, false, true)
  const wide = ops.castTo(scores, 'float32')
  const masked = ops.add(wide, inputs.mask)
  const weights = ops.softmax(masked)
  const kept = dropped(weights, inputs, v)
  const context = merged(ops.batchMatMul(kept, v), inputs)
  for (const part of [q, k, v, scores, wide, masked, kept]) part.dispose()
  return { context, weights }
}

/** Gradient of `paddedAttention` with respect to qkv. */
export function paddedAttentionGrad(
  inputs: PaddedAttention,
  weights: Tensor,
  dcontext: Tensor,
): Tensor {
  const { q, k, v } = heads(inputs)
  const kept = dropped(weights, inputs, v)
  const dout = separated(dcontext, inputs)
  const dv = ops.batchMatMul(kept, dout, true, false)
  const dkept = ops.batchMatMul(dout, v, false, true)
  const dscores = throughSoftmax(dkept, weights, inputs)
  const scale = 1 / Math.sqrt(depthOf(inputs))
  const dscaled = ops.batchMatMul(dscores, k)
  const dq = ops.scaleBy(dscaled, scale)
  const dk = ops.batchMatMul(dscores, q, true, false)
  const parts = [dq, dk, dv].map((part) => merged(part, inputs))
  const dqkv = ops.concat(parts, 1)
  for (const part of [q, k, v, kept, dout, dkept, dscores, dscaled, ...parts]) part.dispose()
  return dqkv
}

/** weights · (g - Σ g · weights), g the gradient after dropout; of the type of the products. */
function throughSoftmax(dkept: Tensor, weights: Tensor, inputs: PaddedAttention): Tensor {
  const wide = ops.castTo(dkept, 'float32')
  const g = inputs.dropout === undefined ? wide.retain() : dropout(wide, inputs.dropout)
  const product = ops.multiply(g, weights)
  const total = ops.sum(product, [3], true)
  const centered = ops.subtract(g, total)
  const dscores = ops.multiply(centered, weights)
  const operands = [wide, g, product, total, centered, dscores]
  return consume(ops.castTo(dscores, inputs.qkv.dtype), ...operands)
}

function dropped(weights: Tensor, inputs: PaddedAttention, like: Tensor): Tensor {
  const kept = inputs.dropout === undefined ? weights.retain() : dropout(weights, inputs.dropout)
  return consume(ops.castTo(kept, like.dtype), kept)
}

const depthOf = ({ qkv, heads: count }: PaddedAttention): number => (qkv.shape[1] ?? 0) / 3 / count

function heads(inputs: PaddedAttention): Split {
  const [query, key, value] = ops.split(inputs.qkv, 3, 1)
  if (query === undefined || key === undefined || value === undefined) {
    throw new RangeError('q, k and v are three.')
  }
  const scaled = consume(ops.scaleBy(query, 1 / Math.sqrt(depthOf(inputs))), query)
  return {
    q: consume(separated(scaled, inputs), scaled),
    k: consume(separated(key, inputs), key),
    v: consume(separated(value, inputs), value),
  }
}

/** [rows · length, H] to [rows, heads, length, depth]. */
function separated(x: Tensor, inputs: PaddedAttention): Tensor {
  const { rows, length, heads: count } = inputs
  const apart = ops.reshape(x, [rows, length, count, depthOf(inputs)])
  return consume(ops.transpose(apart, [0, 2, 1, 3]), apart)
}

/** [rows, heads, length, depth] to [rows · length, H]; takes x over. */
function merged(x: Tensor, inputs: PaddedAttention): Tensor {
  const { rows, length, heads: count } = inputs
  const turned = ops.transpose(x, [0, 2, 1, 3])
  return consume(ops.reshape(turned, [rows * length, count * depthOf(inputs)]), x, turned)
}
