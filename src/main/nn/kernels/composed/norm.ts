import * as ops from '../../ops'
import type { Tensor } from '../../tf'
import type { NarrowType, NormGradient, NormInputs, NormResult } from '../native'
import { dropout } from './dropout'
import { columnSum } from './rows'

const { consume } = ops

/**
 * norm(residual + dropout(branch + bias)) · gamma + beta over the last axis (Ba et al. 2016), in
 * float32. Shapes and results as the fused kernel's.
 */
export function residualNorm(
  inputs: NormInputs,
  beta: Tensor,
  epsilon: number,
  copyAs?: NarrowType,
): NormResult {
  const rows = inputs.branch.size / inputs.gamma.size
  const total = summed(inputs)
  const center = ops.mean(total, [total.shape.length - 1], true)
  const deviation = ops.squaredDifference(total, center)
  const variance = ops.mean(deviation, [total.shape.length - 1], true)
  const guarded = ops.addNumber(variance, epsilon)
  const inverse = ops.rsqrt(guarded)
  const wide = scaleAndShift(normalise(total, center, inverse), inputs.gamma, beta)
  const y = ops.castTo(wide, inputs.residual?.dtype ?? 'float32')
  const copy = copyAs === undefined ? undefined : ops.castTo(wide, copyAs)
  const result = {
    y,
    copy,
    mean: ops.reshape(center, [rows]),
    rstd: ops.reshape(inverse, [rows]),
  }
  for (const part of [total, center, deviation, variance, guarded, inverse, wide]) part.dispose()
  return result
}

/** Gradient of `residualNorm`; the sum and its norm are computed again. */
export function residualNormGrad(
  inputs: NormInputs,
  saved: Pick<NormResult, 'mean' | 'rstd'>,
  dy: Tensor,
  dcopy?: Tensor,
): NormGradient {
  const { branch, residual } = inputs
  const incoming = together(dy, dcopy)
  const column = [...branch.shape.slice(0, -1), 1]
  const total = summed(inputs)
  const center = ops.reshape(saved.mean, column)
  const inverse = ops.reshape(saved.rstd, column)
  const normal = normalise(total, center, inverse)
  const weighted = ops.multiply(incoming, normal)
  const dgamma = columnSum(weighted)
  const dbeta = columnSum(incoming)
  const dtotal = throughNorm(incoming, normal, inverse, inputs.gamma)
  const dwide = inputs.dropout === undefined ? dtotal.retain() : dropout(dtotal, inputs.dropout)
  const dbias = inputs.bias === undefined ? undefined : columnSum(dwide)
  const apart =
    residual !== undefined && !(inputs.dropout === undefined && branch.dtype === residual.dtype)
  const gradient = {
    dbranch: ops.castTo(dwide, branch.dtype),
    dresidual: apart ? ops.castTo(dtotal, residual.dtype) : undefined,
    dgamma,
    dbeta,
    dbias,
  }
  for (const part of [incoming, total, center, inverse, normal, weighted]) part.dispose()
  dtotal.dispose()
  dwide.dispose()
  return gradient
}

/** residual + dropout(branch + bias), float32. */
function summed({ branch, bias, residual, dropout: drop }: NormInputs): Tensor {
  const wide = ops.castTo(branch, 'float32')
  const biased = bias === undefined ? wide : consume(ops.biasAdd(wide, bias), wide)
  const kept = drop === undefined ? biased : consume(dropout(biased, drop), biased)
  if (residual === undefined) return kept
  const other = ops.castTo(residual, 'float32')
  return consume(ops.add(other, kept), other, kept)
}

export function normalise(total: Tensor, center: Tensor, inverse: Tensor): Tensor {
  const centered = ops.subtract(total, center)
  return consume(ops.multiply(centered, inverse), centered)
}

/** Takes `normal` over. */
export function scaleAndShift(normal: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  const scaled = ops.multiply(normal, gamma)
  return consume(ops.add(scaled, beta), normal, scaled)
}

/** dy + dcopy, float32. */
export function together(dy: Tensor, dcopy: Tensor | undefined): Tensor {
  const first = ops.castTo(dy, 'float32')
  if (dcopy === undefined) return first
  const second = ops.castTo(dcopy, 'float32')
  return consume(ops.add(first, second), first, second)
}

/** rstd · (g - mean(g) - x̂ · mean(g · x̂)) with g = dy · gamma. */
export function throughNorm(dy: Tensor, normal: Tensor, inverse: Tensor, gamma: Tensor): Tensor {
  const last = [dy.shape.length - 1]
  const g = ops.multiply(dy, gamma)
  const average = ops.mean(g, last, true)
  const product = ops.multiply(g, normal)
  const slope = ops.mean(product, last, true)
  const along = ops.multiply(normal, slope)
  const centered = ops.subtract(g, average)
  const projected = ops.subtract(centered, along)
  const operands = [g, average, product, slope, along, centered, projected]
  return consume(ops.multiply(projected, inverse), ...operands)
}
