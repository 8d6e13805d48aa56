import * as ops from '../../ops'
import type { Tensor } from '../../tf'
import type { Activation } from '../native'
import { columnSum } from './rows'

const { consume } = ops
const sqrtHalf = Math.SQRT1_2
const sqrtTwoByPi = Math.sqrt(2 / Math.PI)

/** act(x + bias): x [.., C], bias [C]; computed in float32, result of x's type. */
export function biasActivation(kind: Activation, x: Tensor, bias?: Tensor): Tensor {
  const input = biased(x, bias)
  const output = activate(kind, input)
  return consume(ops.castTo(output, x.dtype), input, output)
}

/** dx = dy · act'(x + bias), of x's type, and its column sums, dbias. */
export function biasActivationGrad(
  kind: Activation,
  x: Tensor,
  bias: Tensor | undefined,
  dy: Tensor,
): { readonly dx: Tensor; readonly dbias: Tensor | undefined } {
  const input = biased(x, bias)
  const incoming = ops.castTo(dy, 'float32')
  const wide = gradient(kind, input, incoming)
  const dbias = bias === undefined ? undefined : columnSum(wide)
  return { dx: consume(ops.castTo(wide, x.dtype), input, incoming, wide), dbias }
}

function biased(x: Tensor, bias: Tensor | undefined): Tensor {
  const wide = ops.castTo(x, 'float32')
  return bias === undefined ? wide : consume(ops.biasAdd(wide, bias), wide)
}

function activate(kind: Activation, x: Tensor): Tensor {
  switch (kind) {
    case 'identity':
      return x.retain()
    case 'relu':
      return ops.relu(x)
    case 'gelu': {
      const share = normalShare(x)
      return consume(ops.multiply(x, share), share)
    }
    case 'geluTanh': {
      const share = tanhShare(x)
      return consume(ops.multiply(x, share), share)
    }
  }
}

function gradient(kind: Activation, x: Tensor, dy: Tensor): Tensor {
  switch (kind) {
    case 'identity':
      return dy.retain()
    case 'relu':
      return ops.reluGrad(dy, x)
    case 'gelu': {
      const slope = geluSlope(x)
      return consume(ops.multiply(dy, slope), slope)
    }
    case 'geluTanh': {
      const slope = geluTanhSlope(x)
      return consume(ops.multiply(dy, slope), slope)
    }
  }
}

/** Φ(x) = (1 + erf(x / √2)) / 2; GELU is x Φ(x) (Hendrycks & Gimpel 2016). */
function normalShare(x: Tensor): Tensor {
  const scaled = ops.scaleBy(x, sqrtHalf)
  const error = ops.erf(scaled)
  const half = ops.scaleBy(error, 0.5)
  return consume(ops.addNumber(half, 0.5), scaled, error, half)
}

/** Φ(x) + x φ(x), φ the density of the normal distribution. */
function geluSlope(x: Tensor): Tensor {
  const share = normalShare(x)
  const squared = ops.square(x)
  const exponent = ops.scaleBy(squared, -0.5)
  const bell = ops.exp(exponent)
  const density = ops.scaleBy(bell, 1 / Math.sqrt(2 * Math.PI))
  const weighted = ops.multiply(x, density)
  return consume(ops.add(share, weighted), share, squared, exponent, bell, density, weighted)
}

/** tanh(√(2/π) (x + 0.044715 x³)). */
function innerTanh(x: Tensor): Tensor {
  const squared = ops.square(x)
  const bent = ops.scaleBy(squared, 0.044715 * sqrtTwoByPi)
  const factor = ops.addNumber(bent, sqrtTwoByPi)
  const inner = ops.multiply(x, factor)
  return consume(ops.tanh(inner), squared, bent, factor, inner)
}

function tanhShare(x: Tensor): Tensor {
  const bent = innerTanh(x)
  const half = ops.scaleBy(bent, 0.5)
  return consume(ops.addNumber(half, 0.5), bent, half)
}

/** (1 + t) / 2 + x / 2 · (1 - t²) · √(2/π) (1 + 3 · 0.044715 x²), t the tanh above. */
function geluTanhSlope(x: Tensor): Tensor {
  const bent = innerTanh(x)
  const half = ops.scaleBy(bent, 0.5)
  const share = ops.addNumber(half, 0.5)
  const squared = ops.square(x)
  const cubic = ops.scaleBy(squared, (3 * 0.044715 * sqrtTwoByPi) / 2)
  const inner = ops.addNumber(cubic, sqrtTwoByPi / 2)
  const reach = ops.multiply(x, inner)
  const fall = ops.tanhGrad(bent, reach)
  return consume(ops.add(share, fall), bent, half, share, squared, cubic, inner, reach, fall)
}
