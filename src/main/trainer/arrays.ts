import type { NamedArray } from '../nn/parameters'
import { withSafetensors, type SafetensorsFile, type TensorInput } from '../formats/safetensors'

export type { NamedArray }

/**
 * As the writer of safetensors files wants them, all F32. `data` is asked for when its turn to be
 * written comes.
 */
export function* toTensorInputs(arrays: Iterable<NamedArray>): Generator<TensorInput> {
  for (const array of arrays) {
    yield { name: array.name, dtype: 'F32', shape: array.shape, data: () => array.data }
  }
}

/** Every tensor of a safetensors file as float32, in the order of the file. */
export async function readArrays(path: string): Promise<readonly NamedArray[]> {
  return withSafetensors(path, arraysOf)
}

export async function arraysOf(file: SafetensorsFile): Promise<readonly NamedArray[]> {
  const arrays: NamedArray[] = []
  for (const [name, info] of file.tensors) {
    arrays.push({ name, shape: info.shape, data: await file.readFloat32(name) })
  }
  return arrays
}
