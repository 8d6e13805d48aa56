import type { Tensor } from '../tf'
import { slot, type ComposedStep, type Rule } from './rule'
import type { Scope } from './scope'

export interface LambOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** LAMB (You et al. 2020, algorithm 2, phi the identity): Adam's direction, scaled by layer. */
export function lambRule(options: LambOptions): Rule {
  return {
    slots: ({ shape }) => [
      { name: 'exp_avg', shape },
      { name: 'exp_avg_sq', shape },
    ],
    composed: (step) => composedLamb(step, options),
  }
}

function composedLamb(step: ComposedStep, options: LambOptions): void {
  const { scope, parameter, gradient } = step
  const { beta1, beta2, epsilon } = options
  const [first, second] = [slot(step, 0), slot(step, 1)]
  const m = scope.add(mixed(scope, first.value(), beta1), scope.mul(gradient, 1 - beta1))
  const v = scope.add(
    mixed(scope, second.value(), beta2),
    scope.mul(scope.square(gradient), 1 - beta2),
  )
  first.assign(m)
  second.assign(v)
  const mHat = scope.div(m, 1 - beta1 ** step.step)
  const root = scope.sqrt(scope.div(v, 1 - beta2 ** step.step))
  const weight = parameter.value()
  const direction = scope.add(
    scope.div(mHat, scope.add(root, epsilon)),
    scope.mul(weight, step.decay),
  )
  const trust = trustRatio(scope, weight, direction)
  weight.dispose()
  scope.decrease(parameter.variable, scope.mul(direction, scope.mul(trust, step.learningRate)))
}

/** value * factor; the handle `value` is given back. */
function mixed(scope: Scope, value: Tensor, factor: number): Tensor {
  const product = scope.mul(value, factor)
  value.dispose()
  return product
}

/** |w| / |direction|, or 1 where one of them is zero. */
function trustRatio(scope: Scope, weight: Tensor, direction: Tensor): Tensor {
  const norm = (x: Tensor): Tensor => scope.sqrt(scope.sum(scope.square(x)))
  const [a, b] = [norm(weight), norm(direction)]
  const both = scope.mul(scope.sign(a), scope.sign(b))
  const ratio = scope.div(a, scope.add(b, scope.sub(1, scope.sign(b))))
  return scope.add(scope.mul(both, ratio), scope.sub(1, both))
}
