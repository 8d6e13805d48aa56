import { attribute, execute } from '../tf'
import { slot, type ComposedStep, type Rule } from './rule'

export interface SgdOptions {
  /** 0: plain gradient descent without state. */
  readonly momentum: number
  readonly nesterov: boolean
}

/** SGD as torch.optim: g += decay w; v = momentum v + g; w -= lr v (or lr (g + momentum v)). */
export function sgdRule({ momentum, nesterov }: SgdOptions): Rule {
  return {
    slots: ({ shape }) => (momentum === 0 ? [] : [{ name: 'momentum_buffer', shape }]),
    native: (learningRate) => ({
      ...{ rule: 'sgd', learningRate, beta1: momentum, beta2: 0, epsilon: 0, nesterov },
      ...{ correction1: 1, correction2: 1, decoupled: false },
    }),
    composed: (step) => composedSgd(step, momentum, nesterov),
  }
}

function composedSgd(step: ComposedStep, momentum: number, nesterov: boolean): void {
  const { scope, parameter, decay } = step
  const rate = scope.tensor(step.learningRate)
  const locking = [attribute.dtype('T', 'float32'), attribute.bool('use_locking', false)]
  let gradient = step.gradient
  if (decay !== 0) {
    const current = parameter.value()
    gradient = scope.add(gradient, scope.mul(current, decay))
    current.dispose()
  }
  const weight = parameter.variable.handle
  if (momentum === 0) {
    execute('ResourceApplyGradientDescent', locking, [weight, rate, gradient], 0)
    return
  }
  execute(
    'ResourceApplyMomentum',
    [...locking, attribute.bool('use_nesterov', nesterov)],
    [weight, slot(step, 0).handle, rate, gradient, scope.tensor(momentum)],
    0,
  )
}
