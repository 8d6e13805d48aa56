import { shrink } from './adamw'
import { slot, type ComposedStep, type Rule } from './rule'
import type { Tensor } from '../tf'
import type { Variable } from '../parameters'
import type { Scope } from './scope'

/**
 * Adafactor (Shazeer & Stern 2018, algorithm 4) with a given rate and without momentum, as
 * transformers' Adafactor with relative_step=False, scale_parameter=False: the second moment of a
 * matrix is kept as the means of its rows and columns.
 */
export function adafactorRule(): Rule {
  return {
    slots: ({ shape }) =>
      shape.length < 2
        ? [{ name: 'exp_avg_sq', shape }]
        : [
            { name: 'exp_avg_sq_row', shape: shape.slice(0, -1) },
            { name: 'exp_avg_sq_col', shape: [...shape.slice(0, -2), ...shape.slice(-1)] },
          ],
    composed: composedAdafactor,
  }
}

const squareFloor = 1e-30
const updateLimit = 1

function composedAdafactor(step: ComposedStep): void {
  const { scope, gradient, parameter } = step
  const beta2 = 1 - step.step ** -0.8
  const square = scope.add(scope.square(gradient), squareFloor)
  const direction = scope.mul(gradient, inverseRoot(step, square, beta2))
  const rms = scope.sqrt(scope.mean(scope.square(direction)))
  const limited = scope.div(direction, scope.max(scope.div(rms, updateLimit), 1))
  if (step.decay !== 0) shrink(step)
  scope.decrease(parameter.variable, scope.mul(limited, step.learningRate))
}

/** 1 / sqrt of the second moment, from its factors where it is a matrix. */
function inverseRoot(step: ComposedStep, square: Tensor, beta2: number): Tensor {
  const { scope } = step
  const rank = square.shape.length
  if (rank < 2) return scope.rsqrt(follow(scope, slot(step, 0), square, beta2))
  const row = follow(scope, slot(step, 0), scope.mean(square, [rank - 1]), beta2)
  const col = follow(scope, slot(step, 1), scope.mean(square, [rank - 2]), beta2)
  const rowFactor = scope.rsqrt(scope.div(row, scope.mean(row, [rank - 2], true)))
  const expand = (x: Tensor, axis: number): Tensor => {
    const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]
    return scope.reshape(x, shape)
  }
  return scope.mul(expand(rowFactor, rank - 1), expand(scope.rsqrt(col), rank - 2))
}

/** average = beta2 average + (1 - beta2) value, kept in its variable and returned. */
function follow(scope: Scope, average: Variable, value: Tensor, beta2: number): Tensor {
  const before = average.value()
  const after = scope.add(scope.mul(before, beta2), scope.mul(value, 1 - beta2))
  before.dispose()
  average.assign(after)
  return after
}
