/** The fused embedding and its sparse gradient; see native.ts for the conventions. */
import type { Tensor } from '../tf'
import { attribute, execute, ints, tensor } from '../tf'
import type { Dropout, NarrowType } from './native'

/** A table [entries, C] and the entry of every row, int32 [rows]. */
export interface Lookup {
  readonly table: Tensor
  readonly ids: Tensor
}

export interface EmbedInputs {
  readonly word: Lookup
  readonly position?: Lookup
  readonly kind?: Lookup
  readonly gamma: Tensor
  readonly dropout?: Dropout
}

export interface EmbedResult {
  /** [rows, C], float32. */
  readonly y: Tensor
  /** y in the narrow type, where asked for. */
  readonly copy: Tensor | undefined
  readonly mean: Tensor
  readonly rstd: Tensor
}

export interface EmbedOptions {
  readonly epsilon: number
  readonly copyAs?: NarrowType | undefined
}

function withOperands<R>(inputs: EmbedInputs, use: (operands: readonly Tensor[]) => R): R {
  const noTable = tensor(new Float32Array(0), [0])
  const noIds = ints()
  const lookups = [inputs.word, inputs.position, inputs.kind]
  try {
    return use([
      ...lookups.map((lookup) => lookup?.table ?? noTable),
      ...lookups.map((lookup) => lookup?.ids ?? noIds),
      inputs.gamma,
      inputs.dropout?.key ?? noIds,
      noTable,
    ])
  } finally {
    noTable.dispose()
    noIds.dispose()
  }
}

/** dropout(norm(word[ids] + position[ids] + kind[ids]) * gamma + beta). */
export function embed(inputs: EmbedInputs, beta: Tensor, options: EmbedOptions): EmbedResult {
  const { epsilon, copyAs } = options
  const [y, copy, mean, rstd] = withOperands(inputs, (operands) =>
    execute(
      'GraftEmbed',
      [
        attribute.dtype('Y', 'float32'),
        attribute.bool('to_bf16', false),
        attribute.bool('with_copy', copyAs !== undefined),
        attribute.float('rate', inputs.dropout?.rate ?? 0),
        attribute.float('epsilon', epsilon),
      ],
      [...operands.slice(0, 7), beta, ...operands.slice(7, 8)],
      4,
    ),
  )
  if (y === undefined || copy === undefined || mean === undefined || rstd === undefined) {
    throw new RangeError('GraftEmbed gave too few outputs.')
  }
  if (copyAs === undefined) copy.dispose()
  return { y, copy: copyAs === undefined ? undefined : copy, mean, rstd }
}

/**
 * Gradient of `embed`: drows [rows, C] float32, the gradient of the row that each table
 * contributed (give it to `rowSum` with the table's ids), dgamma and dbeta [C].
 */
export function embedGrad(
  inputs: EmbedInputs,
  saved: Pick<EmbedResult, 'mean' | 'rstd'>,
  dy: Tensor,
  dcopy?: Tensor,
): { readonly drows: Tensor; readonly dgamma: Tensor; readonly dbeta: Tensor } {
  const [drows, dgamma, dbeta] = withOperands(inputs, (operands) => {
    const second = dcopy ?? operands.at(-1) ?? dy
    return execute(
      'GraftEmbedGrad',
      [
        attribute.dtype('Y', dy.dtype),
        attribute.dtype('D', second.dtype),
        attribute.float('rate', inputs.dropout?.rate ?? 0),
      ],
      [dy, second, ...operands.slice(0, 7), saved.mean, saved.rstd, ...operands.slice(7, 8)],
      3,
    )
  })
  if (drows === undefined || dgamma === undefined || dbeta === undefined) {
    throw new RangeError('GraftEmbedGrad gave too few outputs.')
  }
  return { drows, dgamma, dbeta }
}

/**
 * Sums rows of the same id: rows float32 [n, C], ids int32 [n] to unique ids [U] (ascending) and
 * sums [U, C]. The sparse gradient of a table; no tensor of the table's size is made.
 */
export function rowSum(
  rows: Tensor,
  ids: Tensor,
): { readonly ids: Tensor; readonly values: Tensor } {
  const [unique, values] = execute('GraftRowSum', [], [rows, ids], 2)
  if (unique === undefined || values === undefined) {
    throw new RangeError('GraftRowSum gave too few outputs.')
  }
  return { ids: unique, values }
}
