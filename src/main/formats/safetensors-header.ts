import type { ErrorCode } from '@shared/errors'
import { GraftError } from '@shared/errors'
import type { TensorInfo } from './safetensors-types'
import { elementsOf, isTensorDtype, tensorLayouts } from './safetensors-types'
import type { StrictValue } from './strict-json'
import { parseStrictJson, StrictJsonError } from './strict-json'

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
}

/** Largest header that the reference reads. */
const largestHeader = 100_000_000
const metadataKey = '__metadata__'

export const refuse = (code: ErrorCode, path: string, reason: string): never => {
  throw new GraftError(code, `${path} is not a valid safetensors file: ${reason}.`, { path })
}

/**
 * Checks the length field against the file, before anything is allocated.
 *
 * @param field the first 8 bytes: the header's length, little-endian
 * @returns bytes of the header
 */
export function headerLength(field: Buffer, fileBytes: number, path: string): number {
  if (fileBytes < 8 || field.length < 8) {
    return refuse('safetensors.truncated', path, `it has ${fileBytes} bytes, the least is 8`)
  }
  const length = field.readBigUInt64LE(0)
  if (length > BigInt(largestHeader)) {
    return refuse('safetensors.header', path, `a header of ${length} bytes is too large`)
  }
  if (8n + length > BigInt(fileBytes)) {
    return refuse(
      'safetensors.truncated',
      path,
      `the header of ${length} bytes ends after the file's ${fileBytes} bytes`,
    )
  }
  return Number(length)
}

/** Parses and checks a whole header: names, types, shapes, and that the data is covered exactly. */
export function parseHeader(bytes: Uint8Array, fileBytes: number, path: string): SafetensorsHeader {
  const root = readRoot(bytes, path)
  const dataStart = 8 + bytes.length
  const entries: (readonly [string, TensorInfo])[] = []
  let metadata: Readonly<Record<string, string>> = {}
  for (const [name, value] of root) {
    if (name === metadataKey) metadata = readMetadata(value, path)
    else entries.push([name, readTensor(name, value, dataStart, path)])
  }
  entries.sort(([, a], [, b]) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength)
  checkCoverage(entries, dataStart, fileBytes, path)
  return { metadata, tensors: new Map(entries) }
}

function readRoot(bytes: Uint8Array, path: string): ReadonlyMap<string, StrictValue> {
  if (bytes[0] !== 0x7b) return refuse('safetensors.header', path, 'its header is no JSON object')
  let root: StrictValue
  try {
    root = parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (error) {
    if (error instanceof StrictJsonError) {
      const code = error.kind === 'duplicate' ? 'safetensors.duplicate' : 'safetensors.header'
      return refuse(code, path, `in its header ${error.message}`)
    }
    if (error instanceof TypeError) {
      return refuse('safetensors.header', path, 'its header is not UTF-8')
    }
    throw error
  }
  return root instanceof Map ? root : refuse('safetensors.header', path, 'its header is no object')
}

function readMetadata(value: StrictValue, path: string): Readonly<Record<string, string>> {
  if (!(value instanceof Map)) {
    return refuse('safetensors.header', path, `${metadataKey} is no object`)
  }
  const entries: [string, string][] = []
  for (const [key, text] of value) {
    if (typeof text !== 'string') {
      return refuse('safetensors.header', path, `${metadataKey}.${key} is no text`)
    }
    entries.push([key, text])
  }
  return Object.fromEntries(entries)
}

function readTensor(name: string, value: StrictValue, dataStart: number, path: string): TensorInfo {
  const tensor = `the tensor ${JSON.stringify(name)}`
  if (!(value instanceof Map)) {
    return refuse('safetensors.header', path, `${tensor} is described by no object`)
  }
  const dtype = value.get('dtype')
  if (!isTensorDtype(dtype)) {
    const shown = dtype === undefined ? 'none' : JSON.stringify(dtype)
    return refuse('safetensors.dtype', path, `${tensor} has the element type ${shown}`)
  }
  const shape = readIntegers(value.get('shape'))
  if (shape === undefined) return refuse('safetensors.header', path, `${tensor} has no valid shape`)
  const [start, end, ...more] = readIntegers(value.get('data_offsets')) ?? []
  if (start === undefined || end === undefined || more.length > 0 || end < start) {
    return refuse('safetensors.offsets', path, `${tensor} has no valid data_offsets`)
  }
  const elements = elementsOf(shape)
  const bytes = elements === undefined ? undefined : elements * tensorLayouts[dtype].bytes
  if (bytes === undefined || !Number.isSafeInteger(bytes)) {
    return refuse('safetensors.offsets', path, `${tensor} has a shape that overflows`)
  }
  if (bytes !== end - start) {
    return refuse(
      'safetensors.offsets',
      path,
      `${tensor} of type ${dtype} and shape [${shape.join(', ')}] needs ${bytes} bytes, its data_offsets give ${end - start}`,
    )
  }
  return { dtype, shape, byteOffset: dataStart + start, byteLength: bytes }
}

function readIntegers(value: StrictValue | undefined): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined
  const items: readonly unknown[] = value
  return items.every((item) => typeof item === 'number') ? items : undefined
}

function checkCoverage(
  entries: readonly (readonly [string, TensorInfo])[],
  dataStart: number,
  fileBytes: number,
  path: string,
): void {
  let expected = dataStart
  for (const [name, info] of entries) {
    if (info.byteOffset !== expected) {
      const what = info.byteOffset < expected ? 'overlaps the tensor before it' : 'leaves a hole'
      refuse('safetensors.offsets', path, `the data of ${JSON.stringify(name)} ${what}`)
    }
    expected += info.byteLength
  }
  if (expected > fileBytes) {
    refuse(
      'safetensors.truncated',
      path,
      `its tensors need ${expected} bytes, the file has ${fileBytes}`,
    )
  }
  if (expected < fileBytes) {
    refuse(
      'safetensors.offsets',
      path,
      `${fileBytes - expected} bytes at its end belong to no tensor`,
    )
  }
}
