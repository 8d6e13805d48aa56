import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { GraftError } from '@shared/errors'
import { writeAtomic } from '../platform/atomic'
import type { TensorData, TensorDtype } from './safetensors-types'
import { elementsOf, tensorDtypes, tensorLayouts } from './safetensors-types'

/** One tensor to write; `data` may be fetched only when its turn comes, so that memory stays flat. */
export interface TensorInput {
  readonly name: string
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  readonly data: TensorData | (() => TensorData | Promise<TensorData>)
}

interface Placed extends TensorInput {
  readonly start: number
  readonly end: number
}

/** A file as it was written. */
export interface WrittenFile {
  readonly bytes: number
  readonly sha256: string
}

/**
 * Writes a safetensors file, all or nothing, in the order and with the padding of the reference:
 * greatest element type first, then by name; header padded with spaces to a multiple of 8. Throws
 * safetensors.duplicate, safetensors.offsets and safetensors.dtype for tensors that contradict
 * themselves, and the file codes.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<TensorInput>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  const placed = place([...tensors])
  const header = encodeHeader(placed, metadata)
  return writeAtomic(path, async (file) => {
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const hash = createHash('sha256')
    const write = async (part: Uint8Array): Promise<void> => {
      const writing = writeAll(file, part)
      hash.update(part)
      await writing
    }
    await write(length)
    await write(header)
    for (const tensor of placed) {
      const data = typeof tensor.data === 'function' ? await tensor.data() : tensor.data
      checkData(tensor, data)
      await write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    }
    const bytes = length.length + header.length + (placed.at(-1)?.end ?? 0)
    return { bytes, sha256: hash.digest('hex') }
  })
}

function place(tensors: readonly TensorInput[]): readonly Placed[] {
  const sorted = tensors.toSorted(
    (a, b) =>
      tensorDtypes.indexOf(b.dtype) - tensorDtypes.indexOf(a.dtype) ||
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  )
  let start = 0
  const names = new Set<string>()
  return sorted.map((tensor) => {
    if (names.has(tensor.name) || tensor.name === '__metadata__') {
      throw new GraftError('safetensors.duplicate', `The tensor name "${tensor.name}" is taken.`)
    }
    names.add(tensor.name)
    const elements = elementsOf(tensor.shape)
    if (elements === undefined) {
      throw new GraftError('safetensors.offsets', `The shape of "${tensor.name}" overflows.`)
    }
    const end = start + elements * tensorLayouts[tensor.dtype].bytes
    const result = { ...tensor, start, end }
    start = end
    return result
  })
}

function encodeHeader(
  placed: readonly Placed[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: string[] = []
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  if (texts.length > 0) {
    const inner = texts.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`)
    fields.push(`"__metadata__":{${inner.join(',')}}`)
  }
  for (const { name, dtype, shape, start, end } of placed) {
    const info = JSON.stringify({ dtype, shape, data_offsets: [start, end] })
    fields.push(`${JSON.stringify(name)}:${info}`)
  }
  const text = Buffer.from(`{${fields.join(',')}}`)
  return Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')])
}

function checkData(tensor: Placed, data: TensorData): void {
  const expected = tensorLayouts[tensor.dtype].view(new ArrayBuffer(0))
  if (data.constructor !== expected.constructor) {
    throw new GraftError(
      'safetensors.dtype',
      `The tensor "${tensor.name}" is ${tensor.dtype}, its data is a ${data.constructor.name}.`,
    )
  }
  if (data.byteLength !== tensor.end - tensor.start) {
    throw new GraftError(
      'safetensors.offsets',
      `The tensor "${tensor.name}" of shape [${tensor.shape.join(', ')}] has ${data.length} values.`,
    )
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done)
    done += bytesWritten
  }
}
