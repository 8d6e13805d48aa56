import { GraftError } from '@shared/errors'
import { nativeAvailable } from '../kernels/native'
import { update, type StepRates } from '../kernels/native-update'
import { Variable, type NamedArray, type Parameter } from '../parameters'
import { attribute, execute, readFloats, scalar, tensor } from '../tf'
import { Scope } from './scope'
import { ownMemory } from './slots'

const stepsName = 'average.steps'

/**
 * An exponential moving average of the trained weights (Polyak & Juditsky 1992): after each step
 * s ← d s + (1 − d) w with d = min(decay, (1 + t) / (10 + t)), so that a start from random numbers
 * is soon forgotten; t counts the steps before.
 */
export class WeightAverage {
  private readonly shadows: readonly {
    readonly parameter: Parameter
    readonly average: Variable
  }[]
  private steps = 0
  private own: readonly Variable[] | undefined

  /** Starts as a copy of the trained ones of `parameters`. */
  constructor(
    parameters: readonly Parameter[],
    private readonly decay: number,
  ) {
    this.shadows = parameters
      .filter((parameter) => parameter.trained)
      .map((parameter) => ({ parameter, average: copyOf(parameter) }))
  }

  /** Takes the weights of a step in; not while the average is shown. */
  update(): void {
    const decay = Math.min(this.decay, (1 + this.steps) / (10 + this.steps))
    this.steps += 1
    if (nativeAvailable()) this.nativeUpdate(1 - decay)
    else this.composedUpdate(1 - decay)
  }

  /**
   * Puts the average in the place of the weights, or the weights back; nothing is copied. Values
   * that a session has read have to be released before (`Session.release`).
   */
  show(on: boolean): void {
    if (on === (this.own !== undefined)) return
    if (this.own === undefined) {
      this.own = this.shadows.map(({ parameter, average }) => parameter.exchange(average))
      return
    }
    this.own.forEach((variable, index) => this.shadows[index]?.parameter.exchange(variable))
    this.own = undefined
  }

  /** All that the next update depends on, bit for bit. */
  *state(): Iterable<NamedArray> {
    yield { name: stepsName, shape: [1], data: Float32Array.of(this.steps) }
    for (const { parameter, average } of this.shadows) {
      yield {
        name: nameOf(parameter),
        shape: parameter.shape,
        get data() {
          return readVariable(average)
        },
      }
    }
  }

  /** Throws checkpoint.mismatch where an array is missing or of another size. */
  restore(arrays: Iterable<NamedArray>): void {
    const byName = new Map([...arrays].map((one) => [one.name, one.data]))
    this.steps = found(byName, stepsName, 1)[0] ?? 0
    for (const { parameter, average } of this.shadows) {
      const value = tensor(found(byName, nameOf(parameter), parameter.size), parameter.shape)
      average.assign(value)
      value.dispose()
      ownMemory(average)
    }
  }

  dispose(): void {
    this.show(false)
    for (const { average } of this.shadows) average.dispose()
  }

  /** One pass over all weights: plain descent with decay 1 along −w is the average's formula. */
  private nativeUpdate(rate: number): void {
    const descent: StepRates = {
      ...{ rule: 'sgd', learningRate: rate, beta1: 0, beta2: 0, epsilon: 0, nesterov: false },
      ...{ correction1: 1, correction2: 1, decoupled: true },
    }
    Scope.run((scope) => {
      const updates = this.shadows.map(({ parameter, average }) => ({
        ...{ weight: scope.read(average), gradient: scope.read(parameter.variable) },
        ...{ first: undefined, second: undefined, decay: 1, factor: 1 },
      }))
      update(descent, updates, scope.own(scalar(-1)))
    })
  }

  private composedUpdate(rate: number): void {
    for (const { parameter, average } of this.shadows) {
      Scope.run((scope) => {
        // The handle on the average is given back before it changes, or TensorFlow would copy it.
        const before = average.value()
        const difference = scope.sub(before, scope.read(parameter.variable))
        before.dispose()
        execute(
          'ResourceApplyGradientDescent',
          [attribute.dtype('T', 'float32'), attribute.bool('use_locking', false)],
          [average.handle, scope.tensor(rate), difference],
          0,
        )
      })
    }
  }
}

const nameOf = (parameter: Parameter): string => `average.${parameter.name}`

function copyOf(parameter: Parameter): Variable {
  const average = new Variable(parameter.shape)
  const value = parameter.value()
  average.assign(value)
  value.dispose()
  ownMemory(average)
  return average
}

function found(
  arrays: ReadonlyMap<string, Float32Array>,
  name: string,
  size: number,
): Float32Array {
  const data = arrays.get(name)
  if (data?.length === size) return data
  throw new GraftError(
    'checkpoint.mismatch',
    `The checkpoint has no "${name}" of ${size} values. Resume with the recipe that the run was started with.`,
    { name },
  )
}

function readVariable(variable: Variable): Float32Array {
  const value = variable.value()
  const data = readFloats(value)
  value.dispose()
  return data
}
