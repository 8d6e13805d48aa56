import { attribute, execute } from '../tf'
import { slot, type ComposedStep, type Rule } from './rule'

export interface AdamOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** AdamW (Loshchilov & Hutter 2019) rather than L2 in the gradient (Kingma & Ba 2015). */
  readonly decoupled: boolean
}

/**
 * Adam and AdamW as torch.optim: m += (1 - beta1)(g - m); v = beta2 v + (1 - beta2) g^2;
 * w -= lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon).
 */
export function adamRule(options: AdamOptions): Rule {
  const { beta1, beta2, epsilon, decoupled } = options
  return {
    slots: ({ shape }) => [
      { name: 'exp_avg', shape },
      { name: 'exp_avg_sq', shape },
    ],
    native: (learningRate, step) => ({
      ...{ rule: 'adam', learningRate, beta1, beta2, epsilon, decoupled, nesterov: false },
      correction1: 1 - beta1 ** step,
      correction2: 1 - beta2 ** step,
    }),
    composed: (step) => composedAdam(step, options),
  }
}

/** TensorFlow adds its epsilon before the correction of v; scaled by it, both forms are equal. */
function composedAdam(step: ComposedStep, options: AdamOptions): void {
  const { scope, parameter, learningRate, decay } = step
  const { beta1, beta2, epsilon, decoupled } = options
  const weight = parameter.variable
  let gradient = step.gradient
  if (decay !== 0 && decoupled) shrink(step)
  if (decay !== 0 && !decoupled) {
    const current = weight.value()
    gradient = scope.add(gradient, scope.mul(current, decay))
    current.dispose()
  }
  const numbers = [beta1 ** step.step, beta2 ** step.step, learningRate, beta1, beta2]
  const root = Math.sqrt(1 - beta2 ** step.step)
  execute(
    'ResourceApplyAdam',
    [
      attribute.dtype('T', 'float32'),
      attribute.bool('use_locking', false),
      attribute.bool('use_nesterov', false),
    ],
    [
      ...[weight.handle, slot(step, 0).handle, slot(step, 1).handle],
      ...numbers.map((number) => scope.tensor(number)),
      ...[scope.tensor(epsilon * root), gradient],
    ],
    0,
  )
}

/** Decoupled decay: w *= 1 - lr * decay. */
export function shrink({ scope, parameter, learningRate, decay }: ComposedStep): void {
  const current = parameter.value()
  const less = scope.mul(current, learningRate * decay)
  current.dispose()
  scope.decrease(parameter.variable, less)
}
