/** Element types of the format, least first in the order in which the reference sorts tensors. */
export const tensorDtypes = [
  'BOOL',
  'U8',
  'I8',
  'I16',
  'U16',
  'F16',
  'BF16',
  'I32',
  'U32',
  'F32',
  'F64',
  'I64',
  'U64',
] as const

export type TensorDtype = (typeof tensorDtypes)[number]

/** Where a tensor lies: `byteOffset` counts from the start of the file. */
export interface TensorInfo {
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  readonly byteOffset: number
  readonly byteLength: number
}

export type TensorData =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

/** Elements in row-major order. F16 and BF16 are their bits, BOOL is one byte of 0 or 1. */
export interface Tensor {
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  readonly data: TensorData
}

interface Layout {
  readonly bytes: number
  readonly view: (buffer: ArrayBuffer) => TensorData
}

/** Size of an element and the typed array of each element type. */
export const tensorLayouts: Readonly<Record<TensorDtype, Layout>> = {
  BOOL: { bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  U8: { bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  I8: { bytes: 1, view: (buffer) => new Int8Array(buffer) },
  I16: { bytes: 2, view: (buffer) => new Int16Array(buffer) },
  U16: { bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  F16: { bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  BF16: { bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  I32: { bytes: 4, view: (buffer) => new Int32Array(buffer) },
  U32: { bytes: 4, view: (buffer) => new Uint32Array(buffer) },
  F32: { bytes: 4, view: (buffer) => new Float32Array(buffer) },
  F64: { bytes: 8, view: (buffer) => new Float64Array(buffer) },
  I64: { bytes: 8, view: (buffer) => new BigInt64Array(buffer) },
  U64: { bytes: 8, view: (buffer) => new BigUint64Array(buffer) },
}

export const isTensorDtype = (value: unknown): value is TensorDtype =>
  typeof value === 'string' && (tensorDtypes as readonly string[]).includes(value)

/** Elements of a shape; undefined when the product is no safe integer. */
export function elementsOf(shape: readonly number[]): number | undefined {
  let elements = 1
  for (const size of shape) {
    elements *= size
    if (!Number.isSafeInteger(elements)) return undefined
  }
  return elements
}
