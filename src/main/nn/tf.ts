/**
 * TensorFlow, and the only place that knows tfjs.
 *
 * tfjs's own op layer is bypassed: it knows five element types, costs several times the 16 µs of a
 * dispatch and keeps its own books. What is used is the binding underneath, which executes any
 * TensorFlow op by name. A `Tensor` is a handle: whoever receives one from a function owns it and
 * disposes of it, unless the function's documentation says otherwise.
 */
import { createRequire } from 'node:module'
import nodeUtil from 'node:util'
import { GraftError } from '@shared/errors'

export type DType =
  'float32' | 'int32' | 'uint8' | 'int64' | 'bool' | 'bfloat16' | 'half' | 'resource' | 'variant'

/** TensorFlow's `DataType` numbers. */
const codes: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  half: 19,
  resource: 20,
  variant: 21,
}

const bytesOf: Readonly<Record<DType, number>> = {
  float32: 4,
  int32: 4,
  uint8: 1,
  int64: 8,
  bool: 1,
  bfloat16: 2,
  half: 2,
  resource: 0,
  variant: 0,
}

const names = new Map(Object.entries(codes).map(([name, code]) => [code, name as DType]))

/** An op attribute in the binding's form. Make it once with `attribute` and keep it. */
export interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: string | number | boolean | readonly number[]
}

/** Typed builders of attributes. Element types are given by name. */
export const attribute = {
  string: (name: string, value: string): Attribute => ({ name, type: 0, value }),
  int: (name: string, value: number): Attribute => ({ name, type: 1, value }),
  ints: (name: string, value: readonly number[]): Attribute => ({ name, type: 1, value }),
  float: (name: string, value: number): Attribute => ({ name, type: 2, value }),
  bool: (name: string, value: boolean): Attribute => ({ name, type: 3, value }),
  dtype: (name: string, value: DType): Attribute => ({ name, type: 4, value: codes[value] }),
  shape: (name: string, value: readonly number[]): Attribute => ({ name, type: 5, value }),
} as const

interface Output {
  readonly id: number
  readonly shape: number[]
  readonly dtype: number
}

interface Binding {
  createTensor(
    shape: readonly number[],
    dtype: number,
    data: Float32Array | Int32Array | Uint8Array,
  ): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array | BigInt64Array
  executeOp(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Output[]
  getNumOfTensors(): number
  isUsingGpuDevice(): boolean
  readonly TF_Version: string
}

let loaded: Binding | undefined
let liveTensors = 0
let liveBytes = 0
let peakBytes = 0

/** Loads TensorFlow on first use (0.5 s). Throws setup.missing where it was not set up. */
function binding(): Binding {
  loaded ??= load()
  return loaded
}

function load(): Binding {
  restoreUtil()
  try {
    const tfjs: unknown = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu')
    return findBinding(tfjs)
  } catch (cause) {
    throw new GraftError(
      'setup.missing',
      `TensorFlow could not be loaded: ${cause instanceof Error ? cause.message : String(cause)} Run "npm start" or "graftbench doctor" once, which sets it up.`,
      undefined,
      { cause },
    )
  }
}

/** tfjs-node asks for two functions that Node 23 removed from `util`. */
function restoreUtil(): void {
  const missing = (name: string): boolean => !(name in nodeUtil)
  if (missing('isNullOrUndefined')) {
    Object.assign(nodeUtil, { isNullOrUndefined: (value: unknown) => (value ?? null) === null })
  }
  if (missing('isArray')) Object.assign(nodeUtil, { isArray: Array.isArray })
}

/** The boundary to an untyped package: checked for what is used, then trusted. */
function findBinding(tfjs: unknown): Binding {
  const backend = callMethod(tfjs, 'backend')
  const found = property(backend, 'binding')
  for (const name of ['createTensor', 'deleteTensor', 'tensorDataSync', 'executeOp']) {
    if (typeof property(found, name) !== 'function') throw new Error(`The binding lacks ${name}.`)
  }
  return found as Binding
}

function property(target: unknown, name: string): unknown {
  return typeof target === 'object' && target !== null ? Reflect.get(target, name) : undefined
}

function callMethod(target: unknown, name: string): unknown {
  const method = property(target, name)
  if (typeof method !== 'function') throw new Error(`tfjs lacks ${name}().`)
  return Reflect.apply(method, target, [])
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, one) => size * one, 1)

/** A handle on a tensor that TensorFlow holds. */
export class Tensor {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: DType
  private references = 1

  constructor(id: number, shape: readonly number[], dtype: DType) {
    this.id = id
    this.shape = shape
    this.dtype = dtype
    liveTensors += 1
    liveBytes += this.bytes
    if (liveBytes > peakBytes) peakBytes = liveBytes
  }

  get size(): number {
    return sizeOf(this.shape)
  }

  get bytes(): number {
    return this.size * bytesOf[this.dtype]
  }

  get disposed(): boolean {
    return this.references === 0
  }

  /** One more owner: the handle lives until `dispose` was called once for each. */
  retain(): Tensor {
    this.references += 1
    return this
  }

  /** Gives the handle back; the memory follows when no op and no other handle needs it. */
  dispose(): void {
    if (this.references === 0) return
    this.references -= 1
    if (this.references > 0) return
    liveTensors -= 1
    liveBytes -= this.bytes
    binding().deleteTensor(this.id)
  }
}

/** What `read` returns: bool and uint8 as Uint8Array, float32 as Float32Array, int32 as Int32Array. */
export type TensorValues = Float32Array | Int32Array | Uint8Array

/**
 * Makes a tensor from a typed array WITHOUT copying: never write to `data` afterwards. The element
 * type follows from the array; Uint8Array is uint8 unless `dtype` says bool.
 */
export function tensor(
  data: TensorValues,
  shape: readonly number[],
  dtype?: 'float32' | 'int32' | 'uint8' | 'bool',
): Tensor {
  const type = dtype ?? typeOf(data)
  return new Tensor(binding().createTensor(shape, codes[type], data), shape, type)
}

function typeOf(data: TensorValues): 'float32' | 'int32' | 'uint8' {
  if (data instanceof Float32Array) return 'float32'
  return data instanceof Int32Array ? 'int32' : 'uint8'
}

/** A tensor of one float32 number, shape []. */
export const scalar = (value: number): Tensor => tensor(Float32Array.of(value), [])

/** An int32 vector; axes, shapes and other small arguments of ops. */
export const ints = (...values: number[]): Tensor =>
  tensor(Int32Array.from(values), [values.length])

/**
 * Executes any TensorFlow op. Inputs stay the caller's, outputs become the caller's. Throws what
 * TensorFlow says, with the op's name; trainer.outOfMemory where it could not allocate.
 */
export function execute(
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly Tensor[],
  outputCount: number,
): Tensor[] {
  const ids = inputs.map((input) => input.id)
  let outputs: Output[]
  try {
    outputs = binding().executeOp(op, attributes, ids, outputCount)
  } catch (cause) {
    throw describe(op, inputs, cause)
  }
  return outputs.map(({ id, shape, dtype }) => new Tensor(id, shape, dtypeOf(dtype)))
}

/** `execute` for an op of one output. */
export function execute1(
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly Tensor[],
): Tensor {
  const [output] = execute(op, attributes, inputs, 1)
  if (output === undefined) throw new GraftError('internal', `TensorFlow's ${op} gave no output.`)
  return output
}

function dtypeOf(code: number): DType {
  const name = names.get(code)
  if (name === undefined) throw new GraftError('internal', `TensorFlow type ${code} is not known.`)
  return name
}

function describe(op: string, inputs: readonly Tensor[], cause: unknown): GraftError {
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/OOM|out of memory|failed to allocate|RESOURCE_EXHAUSTED/i.test(text)) {
    return new GraftError(
      'trainer.outOfMemory',
      `There is not enough memory for ${op}: ${text}. Use a smaller batch or shorter sequences.`,
      { op },
      { cause },
    )
  }
  const shapes = inputs.map((input) => `${input.dtype}[${input.shape.join(',')}]`).join(' ')
  return new GraftError('internal', `TensorFlow's ${op} failed on ${shapes}: ${text}`, undefined, {
    cause,
  })
}

/** Copies the values out; waits for the device. bfloat16 and half come back as Float32Array. */
export function read(source: Tensor): TensorValues {
  if (source.dtype === 'bfloat16' || source.dtype === 'half') {
    const wide = execute1(
      'Cast',
      [
        attribute.dtype('SrcT', source.dtype),
        attribute.dtype('DstT', 'float32'),
        attribute.bool('Truncate', false),
      ],
      [source],
    )
    const values = read(wide)
    wide.dispose()
    return values
  }
  const values = binding().tensorDataSync(source.id)
  return values instanceof BigInt64Array ? Int32Array.from(values, Number) : values
}

/** `read` of a tensor that holds floating-point numbers. */
export function readFloats(source: Tensor): Float32Array {
  const values = read(source)
  if (values instanceof Float32Array) return values
  throw new GraftError('internal', `A ${source.dtype} tensor was read as floating point.`)
}

/** The one number of a float32 tensor of one element. */
export function readScalar(source: Tensor): number {
  return readFloats(source)[0] ?? Number.NaN
}

export function dispose(...tensors: readonly (Tensor | undefined)[]): void {
  for (const one of tensors) one?.dispose()
}

/** Tensors alive, their bytes (variables are not counted: they belong to `Parameter`s), the peak. */
export function memory(): {
  readonly tensors: number
  readonly bytes: number
  readonly peakBytes: number
} {
  return { tensors: liveTensors, bytes: liveBytes, peakBytes }
}

/** What computes: version of TensorFlow and whether a GPU does the work. */
export function device(): { readonly tensorflow: string; readonly kind: 'cpu' | 'gpu' } {
  return {
    tensorflow: binding().TF_Version,
    kind: binding().isUsingGpuDevice() ? 'gpu' : 'cpu',
  }
}
