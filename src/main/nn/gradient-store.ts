import type { Gradient, Gradients } from './gradients'
import { library } from './kernels/library'
import * as ops from './ops'
import type { Parameter } from './parameters'
import type { Tensor } from './tf'
import { attribute, execute1 } from './tf'

interface Entry {
  readonly parameter: Parameter
  dense: Tensor | undefined
  sparse: { ids: Tensor; values: Tensor } | undefined
}

/** Sums the gradients of the micro-steps of one step, by parameter. Owns what it is given. */
export class GradientStore {
  private readonly entries = new Map<string, Entry>()

  /** Adds a dense gradient of float32 or bfloat16; taken over. */
  add(parameter: Parameter, gradient: Tensor): void {
    const wide = toFloat32(gradient)
    const entry = this.entry(parameter)
    entry.dense =
      entry.dense === undefined ? wide : ops.consume(ops.add(entry.dense, wide), entry.dense, wide)
  }

  /** Adds a gradient of the rows `ids` (ascending, unique) of a table; both taken over. */
  addRows(parameter: Parameter, ids: Tensor, values: Tensor): void {
    const entry = this.entry(parameter)
    entry.sparse = entry.sparse === undefined ? { ids, values } : merge(entry.sparse, ids, values)
  }

  /** What has been summed; the tensors stay here. */
  gradients(): Gradients {
    const found = new Map<string, Gradient>()
    for (const [name, entry] of this.entries) {
      if (entry.dense !== undefined && entry.sparse !== undefined) scatter(entry)
      const { dense, sparse, parameter } = entry
      if (dense !== undefined) found.set(name, { kind: 'dense', value: dense })
      else if (sparse !== undefined) {
        found.set(name, { kind: 'sparse', ...sparse, rows: parameter.shape[0] ?? 0 })
      }
    }
    return found
  }

  clear(): void {
    for (const { dense, sparse } of this.entries.values()) {
      dense?.dispose()
      sparse?.ids.dispose()
      sparse?.values.dispose()
    }
    this.entries.clear()
  }

  private entry(parameter: Parameter): Entry {
    const known = this.entries.get(parameter.name)
    if (known !== undefined) return known
    const fresh: Entry = { parameter, dense: undefined, sparse: undefined }
    this.entries.set(parameter.name, fresh)
    return fresh
  }
}

function toFloat32(gradient: Tensor): Tensor {
  return gradient.dtype === 'float32' ? gradient : ops.consume(library().cast(gradient), gradient)
}

function merge(
  known: { readonly ids: Tensor; readonly values: Tensor },
  ids: Tensor,
  values: Tensor,
): { ids: Tensor; values: Tensor } {
  const allIds = ops.concat([known.ids, ids], 0)
  const allValues = ops.concat([known.values, values], 0)
  const summed = library().rowSum(allValues, allIds)
  const used = [known.ids, known.values, ids, values, allIds, allValues]
  for (const one of used) one.dispose()
  return { ids: summed.ids, values: summed.values }
}

/** Adds the sparse part to the dense one: a table that is also a matrix of the head. */
function scatter(entry: Entry): void {
  const { dense, sparse } = entry
  if (dense === undefined || sparse === undefined) return
  const column = ops.reshape(sparse.ids, [sparse.ids.size, 1])
  entry.dense = execute1(
    'TensorScatterAdd',
    [attribute.dtype('T', 'float32'), attribute.dtype('Tindices', 'int32')],
    [dense, column, sparse.values],
  )
  entry.sparse = undefined
  for (const one of [dense, column, sparse.ids, sparse.values]) one.dispose()
}
