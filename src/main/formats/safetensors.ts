import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { GraftError } from '@shared/errors'
import { describeFileError, requireContent } from '../platform/files'
import { bfloat16ToFloat32, float16ToFloat32 } from './half'
import { headerLength, parseHeader, refuse } from './safetensors-header'
import type { SafetensorsHeader } from './safetensors-header'
import type { Tensor, TensorInfo } from './safetensors-types'
import { tensorLayouts } from './safetensors-types'

export type { Tensor, TensorData, TensorDtype, TensorInfo } from './safetensors-types'
export type { TensorInput } from './safetensors-writer'
export { writeSafetensors } from './safetensors-writer'

/** An open file: the header is checked, tensors are read one by one when they are asked for. */
export interface SafetensorsFile {
  readonly path: string
  /** The free texts of `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
  /** Reads one tensor into a fresh, aligned array. Throws model.weightsMissing for an unknown name. */
  read(name: string): Promise<Tensor>
  /** Reads a tensor of F32, F64, F16 or BF16 as float32; other types throw safetensors.dtype. */
  readFloat32(name: string): Promise<Float32Array>
  close(): Promise<void>
}

const largestRead = 1 << 30

/**
 * Opens a file in the safetensors format and checks it in full but for the tensors' values.
 * Throws safetensors.{truncated,header,offsets,dtype,duplicate} and the file codes.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const fileBytes = await requireContent(path)
  const file = await open(path, 'r').catch((error: unknown) => {
    throw describeFileError(error, path)
  })
  try {
    const header = await readHeader(file, fileBytes, path)
    return describe(file, path, header)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Opens, hands over, closes. */
export async function withSafetensors<T>(
  path: string,
  use: (file: SafetensorsFile) => Promise<T>,
): Promise<T> {
  const file = await openSafetensors(path)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

async function readHeader(
  file: FileHandle,
  fileBytes: number,
  path: string,
): Promise<SafetensorsHeader> {
  const field = await readExactly(file, 0, Math.min(8, fileBytes), path)
  const length = headerLength(Buffer.from(field), fileBytes, path)
  const header = await readExactly(file, 8, length, path)
  return parseHeader(new Uint8Array(header), fileBytes, path)
}

function describe(file: FileHandle, path: string, header: SafetensorsHeader): SafetensorsFile {
  const read = async (name: string): Promise<Tensor> => {
    const info = header.tensors.get(name)
    if (info === undefined) {
      throw new GraftError('model.weightsMissing', `${path} has no tensor "${name}".`, {
        path,
        tensor: name,
      })
    }
    const buffer = await readExactly(file, info.byteOffset, info.byteLength, path)
    return { dtype: info.dtype, shape: info.shape, data: tensorLayouts[info.dtype].view(buffer) }
  }
  return {
    path,
    ...header,
    read,
    readFloat32: async (name) => toFloat32(await read(name), name, path),
    close: () => file.close(),
  }
}

function toFloat32(tensor: Tensor, name: string, path: string): Float32Array {
  const { dtype, data } = tensor
  if (data instanceof Float32Array) return data
  if (data instanceof Float64Array) return Float32Array.from(data)
  if (data instanceof Uint16Array && dtype === 'F16') return float16ToFloat32(data)
  if (data instanceof Uint16Array && dtype === 'BF16') return bfloat16ToFloat32(data)
  return refuse('safetensors.dtype', path, `"${name}" is ${dtype}, a floating type is needed`)
}

async function readExactly(
  file: FileHandle,
  start: number,
  length: number,
  path: string,
): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(length)
  let done = 0
  while (done < length) {
    const part = new Uint8Array(buffer, done, Math.min(length - done, largestRead))
    const { bytesRead } = await file.read(part, 0, part.length, start + done)
    if (bytesRead === 0) return refuse('safetensors.truncated', path, 'it became shorter')
    done += bytesRead
  }
  return buffer
}
