import { GraftError } from '@shared/errors'
import type { DType, Tensor } from './tf'
import { attribute, execute, execute1, readFloats, tensor } from './tf'

/** A named array in host memory: a weight of a checkpoint, or a piece of optimiser state. */
export interface NamedArray {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

let variableCount = 0

/**
 * A TensorFlow resource variable. `value()` gives a handle that shares the variable's memory:
 * dispose of it before the next update, or TensorFlow copies the whole variable first.
 */
export class Variable {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'bfloat16' | 'int32'
  private readonly resource: Tensor
  private readonly readAttributes
  /** What was read last: a read is an op, and a step asks some hundred times. */
  private current: Tensor | undefined

  constructor(shape: readonly number[], dtype: 'float32' | 'bfloat16' | 'int32' = 'float32') {
    this.shape = shape
    this.dtype = dtype
    variableCount += 1
    this.resource = execute1(
      'VarHandleOp',
      [
        attribute.string('container', ''),
        attribute.string('shared_name', `variable-${variableCount}`),
        attribute.dtype('dtype', dtype),
        attribute.shape('shape', shape),
      ],
      [],
    )
    this.readAttributes = [attribute.dtype('dtype', dtype)]
  }

  /** The resource itself, the first input of ops like `ResourceApplyAdam`. Ask anew for each op. */
  get handle(): Tensor {
    this.forget()
    return this.resource
  }

  /** Takes over the memory of `value` where it can; `value` stays the caller's to dispose of. */
  assign(value: Tensor): void {
    execute('AssignVariableOp', this.readAttributes, [this.handle, value], 0)
  }

  value(): Tensor {
    this.current ??= execute1('ReadVariableOp', this.readAttributes, [this.resource])
    return this.current.retain()
  }

  dispose(): void {
    execute('DestroyResourceOp', [attribute.bool('ignore_lookup_error', true)], [this.handle], 0)
    this.resource.dispose()
  }

  private forget(): void {
    this.current?.dispose()
    this.current = undefined
  }
}

/** A weight of the model: float32, named as in the Hugging Face checkpoint. */
export class Parameter {
  readonly name: string
  private current: Variable
  /** Whether it is trained: frozen parameters get no gradient and no optimiser state. */
  readonly trained: boolean
  /** Whether weight decay applies: not to biases and norms (as Hugging Face's Trainer does). */
  readonly decays: boolean

  constructor(name: string, shape: readonly number[], trained: boolean) {
    this.name = name
    this.current = new Variable(shape)
    this.trained = trained
    this.decays = !/bias$|norm/i.test(name)
  }

  get variable(): Variable {
    return this.current
  }

  /** Lets another variable of the same shape hold the value; returns the one that did. */
  exchange(variable: Variable): Variable {
    const before = this.current
    this.current = variable
    return before
  }

  get shape(): readonly number[] {
    return this.current.shape
  }

  get size(): number {
    return this.shape.reduce((size, one) => size * one, 1)
  }

  get dtype(): DType {
    return this.variable.dtype
  }

  /** A handle on the current value; see `Variable.value`. */
  value(): Tensor {
    return this.variable.value()
  }

  /** Replaces the value; the data is copied. Throws model.weightsMismatch where the size differs. */
  write(data: Float32Array): void {
    if (data.length !== this.size) {
      throw new GraftError(
        'model.weightsMismatch',
        `The weight "${this.name}" has ${data.length} values, [${this.shape.join(', ')}] needs ${this.size}.`,
        { name: this.name },
      )
    }
    const value = tensor(data.slice(), this.shape)
    this.variable.assign(value)
    value.dispose()
  }

  read(): Float32Array {
    const value = this.value()
    const data = readFloats(value)
    value.dispose()
    return data
  }

  dispose(): void {
    this.variable.dispose()
  }
}
