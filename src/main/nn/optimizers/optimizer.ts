import { GraftError } from '@shared/errors'
import type { Gradient, Gradients } from '../gradients'
import { nativeAvailable } from '../kernels/native'
import type { NamedArray, Parameter, Variable } from '../parameters'
import type { Tensor } from '../tf'
import { adafactorRule } from './adafactor'
import { adamRule } from './adamw'
import { lambRule } from './lamb'
import { lionRule } from './lion'
import { nativeStep, type Move } from './native-step'
import type { Rule } from './rule'
import { Scope } from './scope'
import { sgdRule } from './sgd'
import { ownMemory, Slots } from './slots'

export type OptimizerName = 'adam' | 'adamw' | 'sgd' | 'momentum' | 'lamb' | 'lion' | 'adafactor'

export interface OptimizerSettings {
  readonly name: OptimizerName
  readonly weightDecay: number
  /** 'all' decays every parameter, as torch; 'weights' spares biases and norms. Default 'all'. */
  readonly decayOf?: 'all' | 'weights'
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Of `momentum`. */
  readonly momentum: number
  readonly nesterov?: boolean
  /** Factor on the learning rate of a parameter; default 1. */
  readonly rateOf?: (parameter: Parameter) => number
  /** bfloat16 copies of weights that every step brings up to date. */
  readonly shadowOf?: (parameter: Parameter) => Variable | undefined
  /** Native kernels on the CPU (default where they are there), or TensorFlow's own ops. */
  readonly kernels?: 'native' | 'composed'
}

export interface StepOptions {
  readonly learningRate: number
  /** float32 []: multiplies every gradient; see `clipScale`. */
  readonly scale: Tensor
}

/** Moves parameters along their gradients and keeps the state that this takes. */
export interface Optimizer {
  /** Parameters without a gradient stay as they are. Nothing may hold a parameter's `value()`. */
  step(gradients: Gradients, options: StepOptions): void
  /**
   * Everything that the next step depends on besides the weights, bit for bit. `data` is read when
   * it is asked for, which has to be before the next step.
   */
  state(): Iterable<NamedArray>
  /** Throws checkpoint.mismatch where the arrays are not those of this optimiser. */
  restore(arrays: Iterable<NamedArray>): void
  dispose(): void
}

/** An optimiser over the trained ones of `parameters`. */
export function createOptimizer(
  settings: OptimizerSettings,
  parameters: readonly Parameter[],
): Optimizer {
  return new RuleOptimizer(ruleOf(settings), settings, parameters)
}

function ruleOf(settings: OptimizerSettings): Rule {
  switch (settings.name) {
    case 'adam':
      return adamRule({ ...settings, decoupled: false })
    case 'adamw':
      return adamRule({ ...settings, decoupled: true })
    case 'sgd':
      return sgdRule({ momentum: 0, nesterov: false })
    case 'momentum':
      return sgdRule({ momentum: settings.momentum, nesterov: settings.nesterov ?? false })
    case 'lamb':
      return lambRule(settings)
    case 'lion':
      return lionRule(settings)
    case 'adafactor':
      return adafactorRule()
  }
}

class RuleOptimizer implements Optimizer {
  private readonly rule: Rule
  private readonly settings: OptimizerSettings
  private readonly trained: readonly Parameter[]
  private readonly slots: Slots
  private steps = 0

  constructor(rule: Rule, settings: OptimizerSettings, parameters: readonly Parameter[]) {
    this.rule = rule
    this.settings = settings
    this.trained = parameters.filter((parameter) => parameter.trained)
    this.slots = new Slots(rule, this.trained)
    if (this.native) for (const parameter of this.trained) ownMemory(parameter.variable)
  }

  private get native(): boolean {
    if (this.rule.native === undefined || this.settings.kernels === 'composed') return false
    return nativeAvailable()
  }

  step(gradients: Gradients, options: StepOptions): void {
    this.steps += 1
    const moves = this.trained.flatMap((parameter) => {
      const gradient = gradients.get(parameter.name)
      return gradient === undefined ? [] : [this.move(parameter, gradient)]
    })
    const rates = this.native ? this.rule.native?.(options.learningRate, this.steps) : undefined
    if (rates !== undefined) nativeStep(rates, moves, this.slots, options.scale)
    else for (const move of moves) this.composedStep(move, options)
  }

  private move(parameter: Parameter, gradient: Gradient): Move {
    const { weightDecay, decayOf = 'all', rateOf, shadowOf } = this.settings
    return {
      ...{ parameter, gradient, shadow: shadowOf?.(parameter) },
      decay: decayOf === 'all' || parameter.decays ? weightDecay : 0,
      factor: rateOf?.(parameter) ?? 1,
    }
  }

  private composedStep({ parameter, gradient, decay, factor, shadow }: Move, options: StepOptions) {
    Scope.run((scope) => {
      const dense =
        gradient.kind === 'dense'
          ? scope.cast(gradient.value, 'float32')
          : scope.scatter(gradient.ids, scope.cast(gradient.values, 'float32'), parameter.shape)
      this.rule.composed({
        ...{ scope, parameter, decay, step: this.steps },
        slots: this.slots.of(parameter),
        gradient: scope.mul(dense, options.scale),
        learningRate: options.learningRate * factor,
      })
      shadow?.assign(scope.cast(scope.read(parameter.variable), 'bfloat16'))
    })
  }

  *state(): Iterable<NamedArray> {
    yield { name: 'step', shape: [1], data: Float32Array.of(this.steps) }
    yield* this.slots.state()
  }

  restore(arrays: Iterable<NamedArray>): void {
    const byName = new Map([...arrays].map((one) => [one.name, one]))
    const steps = byName.get('step')?.data[0]
    if (steps === undefined) {
      throw new GraftError('checkpoint.mismatch', 'The optimiser state has no step counter.')
    }
    this.slots.restore(byName)
    this.steps = steps
  }

  dispose(): void {
    this.slots.dispose()
  }
}
