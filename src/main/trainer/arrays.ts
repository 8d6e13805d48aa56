import type { NamedArray } from '../nn/parameters'
import { withSafetensors, type TensorInput } from '../formats/safetensors'

export type { NamedArray }

/** As the writer of safetensors files wants them, all F32. */
export function* toTensorInputs(arrays: Iterable<NamedArray>): Generator<TensorInput> {
  for (const { name, shape, data } of arrays) yield { name, dtype: 'F32', shape, data }
}

/** Every tensor of a safetensors file as float32, in the order of the file. */
export async function readArrays(path: string): Promise<readonly NamedArray[]> {
  return withSafetensors(path, async (file) => {
    const arrays: NamedArray[] = []
    for (const [name, info] of file.tensors) {
      arrays.push({ name, shape: info.shape, data: await file.readFloat32(name) })
    }
    return arrays
  })
}
