import { shrink } from './adamw'
import { slot, type ComposedStep, type Rule } from './rule'

export interface LionOptions {
  readonly beta1: number
  readonly beta2: number
}

/** Lion (Chen et al. 2023, algorithm 2): the sign of an interpolated momentum. */
export function lionRule(options: LionOptions): Rule {
  return {
    slots: ({ shape }) => [{ name: 'exp_avg', shape }],
    native: (learningRate) => ({
      ...{ rule: 'lion', learningRate, ...options, epsilon: 0, nesterov: false },
      ...{ correction1: 1, correction2: 1, decoupled: true },
    }),
    composed: (step) => composedLion(step, options),
  }
}

function composedLion(step: ComposedStep, { beta1, beta2 }: LionOptions): void {
  const { scope, gradient } = step
  const momentum = slot(step, 0)
  if (step.decay !== 0) shrink(step)
  const before = momentum.value()
  const direction = scope.add(scope.mul(before, beta1), scope.mul(gradient, 1 - beta1))
  const after = scope.add(scope.mul(before, beta2), scope.mul(gradient, 1 - beta2))
  before.dispose()
  scope.decrease(step.parameter.variable, scope.mul(scope.sign(direction), step.learningRate))
  momentum.assign(after)
}
