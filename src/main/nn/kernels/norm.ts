import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import type { Tensor } from '../tf'
import { library } from './library'
import type { Dropout, NarrowType, NormInputs } from './native'

/** The activations between blocks: float32, and the form that matrix products read. */
export interface Stream {
  readonly wide: Value
  /** Of the products' type in mixed precision, otherwise `wide` itself. */
  readonly narrow: Value
}

export interface NormOptions {
  /** [n, C] of the products' type. */
  readonly branch: Value
  readonly bias?: Value
  /** float32 [n, C]. */
  readonly residual?: Value
  readonly gamma: Value
  readonly beta: Value
  readonly epsilon: number
  /** On branch + bias; its key is taken over. */
  readonly dropout?: Dropout | undefined
  /** The type of `narrow`, where it is not float32. */
  readonly copies: NarrowType | undefined
}

/**
 * norm(residual + dropout(branch + bias)) · gamma + beta over the last axis (Ba et al. 2016), the
 * mean and the variance (divided by n) in float32. Saves branch and residual; the sum is computed
 * again in the backward pass.
 */
export function residualNorm(tape: Tape, options: NormOptions): Stream {
  const { branch, bias, residual, gamma, beta, dropout } = options
  const inputs: NormInputs = {
    branch: branch.tensor,
    gamma: gamma.tensor,
    ...(bias === undefined ? {} : { bias: bias.tensor }),
    ...(residual === undefined ? {} : { residual: residual.tensor }),
    ...(dropout === undefined ? {} : { dropout }),
  }
  const { y, copy, mean, rstd } = library().residualNorm(
    inputs,
    beta.tensor,
    options.epsilon,
    options.copies,
  )
  const [wide, narrow] = tape.record({
    inputs: [branch, bias, residual, gamma, beta],
    outputs: copy === undefined ? [y] : [y, copy],
    saved: [branch, bias, residual, gamma],
    kept: [mean, rstd, dropout?.key],
    backward: (gradients) => {
      const { dy, dcopy } = incoming(gradients)
      const found = library().residualNormGrad(inputs, { mean, rstd }, dy, dcopy)
      if (residual !== undefined) {
        residual.receive(found.dresidual ?? found.dbranch.retain())
      }
      branch.receive(found.dbranch)
      gamma.receive(found.dgamma)
      beta.receive(found.dbeta)
      if (bias !== undefined && found.dbias !== undefined) bias.receive(found.dbias)
      dy.dispose()
      dcopy?.dispose()
    },
  })
  if (wide === undefined) throw new RangeError('A norm has an output.')
  return { wide, narrow: narrow ?? wide }
}

/**
 * The gradients of y and of its copy as the kernel takes them: a float32 one and one of any type,
 * which it adds. Where there is no copy, two parts of y's gradient are left to the kernel to add.
 */
export function incoming(gradients: readonly (readonly Tensor[])[]): {
  readonly dy: Tensor
  readonly dcopy: Tensor | undefined
} {
  const [first = [], second = []] = gradients
  if (second.length === 0) {
    const [last, ...others] = first.toReversed()
    if (last === undefined || others.length === 0) return { dy: total(first), dcopy: undefined }
    return { dy: total(others.toReversed()), dcopy: last.retain() }
  }
  const dcopy = total(second)
  if (first.length > 0) return { dy: total(first), dcopy }
  return { dy: ops.consume(ops.castTo(dcopy, 'float32'), dcopy), dcopy: undefined }
}
