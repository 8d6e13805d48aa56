import * as ops from '../ops'
import type { Layout } from '../layout'
import type { Tape, Value } from '../tape'
import type { Tensor } from '../tf'
import { tensor } from '../tf'
import { library } from './library'
import type { Dropout, NarrowType } from './native'
import type { EmbedInputs, Lookup } from './native-embed'
import { incoming } from './norm'
import type { Stream } from './norm'

/** A table [entries, C] whose gradient is a few rows: `receiveRows` takes both tensors over. */
export interface TableValue {
  readonly tensor: Tensor
  readonly needsGradient: boolean
  /** A row that never gets a gradient: the padding token's or position's. */
  readonly paddingId: number | undefined
  receiveRows(ids: Tensor, values: Tensor): void
}

export interface EmbeddingOptions {
  readonly word: TableValue
  readonly position: TableValue
  /** Token types; a family may have none. */
  readonly type: TableValue | undefined
  readonly gamma: Value
  readonly beta: Value
  readonly epsilon: number
  /** Its key is taken over. */
  readonly dropout: Dropout | undefined
  /** The type of the narrow copy, where one is made. */
  readonly copies: NarrowType | undefined
}

/**
 * dropout(norm(word[ids] + position[positions] + type[types]) · gamma + beta): [n, C]. The gradient
 * of a table is sparse: the sum of the rows of each id that occurs.
 */
export function embedding(tape: Tape, layout: Layout, options: EmbeddingOptions): Stream {
  const { word, position, type, gamma, beta, dropout } = options
  const lookups = [
    lookup(word, layout.ids),
    lookup(position, layout.positions),
    ...(type === undefined ? [] : [lookup(type, layout.types)]),
  ]
  const [words, positions, types] = lookups
  if (words === undefined || positions === undefined) throw new RangeError('Two tables at least.')
  const inputs: EmbedInputs = {
    word: words,
    position: positions,
    ...(types === undefined ? {} : { kind: types }),
    gamma: gamma.tensor,
    ...(dropout === undefined ? {} : { dropout }),
  }
  const { y, copy, mean, rstd } = library().embed(inputs, beta.tensor, {
    epsilon: options.epsilon,
    copyAs: options.copies,
  })
  const tables = [word, position, type]
  const trained = tables.some((table) => table?.needsGradient === true)
  const [wide, narrow] = tape.record({
    inputs: [gamma, beta],
    needsGradient: trained,
    outputs: copy === undefined ? [y] : [y, copy],
    saved: [gamma],
    kept: [mean, rstd, dropout?.key, ...lookups.map(({ ids }) => ids)],
    backward: (gradients) => {
      const { dy, dcopy } = incoming(gradients)
      const found = library().embedGrad(inputs, { mean, rstd }, dy, dcopy)
      gamma.receive(found.dgamma)
      beta.receive(found.dbeta)
      sendRows(word, layout.ids, found.drows)
      sendRows(position, layout.positions, found.drows)
      if (type !== undefined) sendRows(type, layout.types, found.drows)
      found.drows.dispose()
      dy.dispose()
      dcopy?.dispose()
    },
  })
  if (wide === undefined) throw new RangeError('An embedding has an output.')
  return { wide, narrow: narrow ?? wide }
}

const lookup = (table: TableValue, ids: Int32Array): Lookup => ({
  table: table.tensor,
  ids: tensor(ids.slice(), [ids.length]),
})

/** Sums the gradient rows of each id and sends them; rows of padding are left out. */
function sendRows(table: TableValue, ids: Int32Array, drows: Tensor): void {
  if (!table.needsGradient) return
  const { paddingId } = table
  const padded = paddingId !== undefined && ids.includes(paddingId)
  const places = padded ? [...ids.keys()].filter((row) => ids[row] !== paddingId) : undefined
  const kept = places === undefined ? ids.slice() : Int32Array.from(places, (row) => ids[row] ?? 0)
  if (kept.length === 0) return
  const idTensor = tensor(kept, [kept.length])
  const rows = places === undefined ? drows.retain() : pick(drows, places)
  const summed = library().rowSum(rows, idTensor)
  idTensor.dispose()
  rows.dispose()
  table.receiveRows(summed.ids, summed.values)
}

function pick(rows: Tensor, places: readonly number[]): Tensor {
  const indices = tensor(Int32Array.from(places), [places.length])
  return ops.consume(ops.gather(rows, indices), indices)
}
