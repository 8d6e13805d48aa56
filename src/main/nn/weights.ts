import { GraftError } from '@shared/errors'
import type { GradientStore } from './gradient-store'
import type { TableValue } from './kernels/embedding'
import { library } from './kernels/library'
import type { NarrowType } from './kernels/native'
import * as ops from './ops'
import type { Parameter } from './parameters'
import { SourceValue } from './tape'
import type { Value } from './tape'
import type { Tensor } from './tf'

/** float16 is for GPUs without bfloat16: composed kernels, and gradients that need loss scaling. */
export type Precision = 'float32' | 'bfloat16' | 'float16'

const productTypes = { float32: 'float32', bfloat16: 'bfloat16', float16: 'half' } as const

/**
 * The parameters as a forward pass reads them. Each is read, joined and cast once and then kept
 * until `release`, which has to come before the parameters change. Gradients go to the store; where
 * `trains` is false, no parameter gets one.
 */
export class Weights {
  private readonly parameters: ReadonlyMap<string, Parameter>
  private readonly store: GradientStore
  /** The element type of matrix products. */
  readonly precision: Precision
  private readonly trains: boolean
  private readonly values = new Map<string, SourceValue>()

  constructor(
    parameters: ReadonlyMap<string, Parameter>,
    store: GradientStore,
    precision: Precision,
    trains = true,
  ) {
    this.parameters = parameters
    this.store = store
    this.precision = precision
    this.trains = trains
  }

  /** The same as TensorFlow calls it. */
  get productType(): 'float32' | 'bfloat16' | 'half' {
    return productTypes[this.precision]
  }

  /** The narrow type that activations are copied to for the products; undefined in float32. */
  get copies(): NarrowType | undefined {
    return this.productType === 'float32' ? undefined : this.productType
  }

  /** A bias, a norm's gain or a small matrix: float32. */
  float(name: string): Value {
    return this.remember(name, () => this.source(name, this.find(name).value()))
  }

  /** A matrix in the type of the products. */
  matrix(name: string): Value {
    return this.remember(`${name} (${this.precision})`, () =>
      this.source(name, this.narrow(this.find(name).value())),
    )
  }

  /** Matrices of one shape, one below the other: one product instead of several. */
  joinedMatrix(names: readonly string[]): Value {
    return this.remember(`${names.join()} (${this.precision})`, () => {
      const joined = this.joined(names)
      return this.joinedSource(names, this.narrow(joined))
    })
  }

  joinedFloat(names: readonly string[]): Value {
    return this.remember(names.join(), () => this.joinedSource(names, this.joined(names)))
  }

  table(name: string, paddingId?: number): TableValue {
    const parameter = this.find(name)
    return {
      tensor: this.float(name).tensor,
      needsGradient: this.trains && parameter.trained,
      paddingId,
      receiveRows: (ids, values) => this.store.addRows(parameter, ids, values),
    }
  }

  /** Gives the handles back. No tape may be open. */
  release(): void {
    for (const value of this.values.values()) value.release()
    this.values.clear()
  }

  private find(name: string): Parameter {
    const parameter = this.parameters.get(name)
    if (parameter === undefined) {
      throw new GraftError('internal', `The model has no parameter "${name}".`)
    }
    return parameter
  }

  private remember(key: string, make: () => SourceValue): Value {
    const known = this.values.get(key)
    if (known !== undefined) return known
    const made = make()
    this.values.set(key, made)
    return made
  }

  private source(name: string, value: Tensor): SourceValue {
    const parameter = this.find(name)
    return new SourceValue(value, this.trains && parameter.trained, (gradient) =>
      this.store.add(parameter, gradient),
    )
  }

  private joined(names: readonly string[]): Tensor {
    const parts = names.map((name) => this.find(name).value())
    const whole = ops.concat(parts, 0)
    for (const part of parts) part.dispose()
    return whole
  }

  private joinedSource(names: readonly string[], value: Tensor): SourceValue {
    const parameters = names.map((name) => this.find(name))
    const trained = this.trains && parameters.some((parameter) => parameter.trained)
    return new SourceValue(value, trained, (gradient) => {
      const parts = ops.split(gradient, names.length, 0)
      gradient.dispose()
      parts.forEach((part, index) => {
        const parameter = parameters[index]
        if (parameter?.trained === true) this.store.add(parameter, part)
        else part.dispose()
      })
    })
  }

  /** Takes the value over. */
  private narrow(value: Tensor): Tensor {
    switch (this.precision) {
      case 'float32':
        return value
      case 'bfloat16':
        return ops.consume(library().cast(value), value)
      case 'float16':
        return ops.consume(ops.castTo(value, 'half'), value)
    }
  }
}
