import type { Gradients } from '../gradients'
import { nativeAvailable } from '../kernels/native'
import { globalNorm } from '../kernels/native-update'
import type { Tensor } from '../tf'
import { attribute, execute1, readScalar, scalar } from '../tf'
import { Scope } from './scope'

export interface Clipped {
  /** Norm of all gradients together, before clipping; float32 []. */
  readonly norm: Tensor
  /** What every gradient is to be multiplied with; float32 []. */
  readonly scale: Tensor
}

/**
 * The global norm and the factor that limits it, as torch.nn.utils.clip_grad_norm_:
 * min(1, limit / (norm + 1e-6)). Nothing is read back: the optimiser takes `scale` as a tensor.
 * The caller disposes of both.
 */
export function clipScale(gradients: Gradients, limit: number | null): Clipped {
  const tensors = [...gradients.values()].map((one) =>
    one.kind === 'dense' ? one.value : one.values,
  )
  const [first, ...rest] = tensors
  if (first === undefined) return { norm: scalar(0), scale: scalar(1) }
  const alike = rest.every((one) => one.dtype === first.dtype)
  const fused = first.dtype === 'float32' || first.dtype === 'bfloat16'
  if (nativeAvailable() && alike && fused) return globalNorm([first, ...rest], limit)
  return Scope.run((scope) => {
    const squares = tensors.map((one) => squareSum(scope, one))
    const total = squares.reduce((a, b) => scope.add(a, b))
    const norm = scope.sqrt(total)
    const ratio = scope.div(limit ?? 1, scope.add(norm, 1e-6))
    const scale = limit === null ? scope.tensor(1) : scope.min(ratio, 1)
    return { norm: kept(norm), scale: kept(scale) }
  })
}

/**
 * `clipScale` for gradients that were multiplied by `lossScale`: the norm without it, and a factor
 * that also takes it away; no factor where the gradients overflowed. Waits for the device.
 */
export function unscale(
  gradients: Gradients,
  limit: number | null,
  lossScale: number,
): { readonly norm: Tensor; readonly scale: Tensor | undefined } {
  const { norm, scale } = clipScale(gradients, null)
  const value = readScalar(norm) / lossScale
  norm.dispose()
  scale.dispose()
  const factor = limit === null ? 1 : Math.min(1, limit / (value + 1e-6))
  return {
    norm: scalar(value),
    scale: Number.isFinite(value) ? scalar(factor / lossScale) : undefined,
  }
}

function squareSum(scope: Scope, gradient: Tensor): Tensor {
  if (nativeAvailable() && gradient.dtype === 'bfloat16') {
    const { norm, scale } = globalNorm([gradient], null)
    scale.dispose()
    return scope.square(scope.own(norm))
  }
  const wide = scope.cast(gradient, 'float32')
  return scope.mul(scope.op('L2Loss', [attribute.dtype('T', 'float32')], [wide]), 2)
}

/** A second handle on a scalar, which outlives the scope. */
const kept = (one: Tensor): Tensor => execute1('Identity', [attribute.dtype('T', 'float32')], [one])
