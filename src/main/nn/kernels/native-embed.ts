/** The fused embedding and its sparse gradient; see native.ts for the conventions. */
import type { Tensor } from '../tf'
import { attribute, execute } from '../tf'
import { absent, at, unlessEmpty, type Dropout, type NarrowType } from './native'

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

/** The tables, the entries, gamma: the first seven inputs of both ops. */
function operandsOf({ word, position, kind, gamma }: EmbedInputs): readonly Tensor[] {
  const none = absent()
  const lookups = [word, position, kind]
  return [
    ...lookups.map((lookup) => lookup?.table ?? none.float32),
    ...lookups.map((lookup) => lookup?.ids ?? none.int32),
    gamma,
  ]
}

const keyOf = ({ dropout }: EmbedInputs): Tensor => dropout?.key ?? absent().int32

/** dropout(norm(word[ids] + position[ids] + kind[ids]) * gamma + beta). */
export function embed(inputs: EmbedInputs, beta: Tensor, options: EmbedOptions): EmbedResult {
  const { epsilon, copyAs } = options
  const outputs = execute(
    'GraftEmbed',
    [
      attribute.dtype('Y', 'float32'),
      attribute.bool('to_bf16', false),
      attribute.bool('with_copy', copyAs !== undefined),
      attribute.float('rate', inputs.dropout?.rate ?? 0),
      attribute.float('epsilon', epsilon),
    ],
    [...operandsOf(inputs), beta, keyOf(inputs)],
    4,
  )
  return {
    y: at(outputs, 0),
    copy: unlessEmpty(outputs[1]),
    mean: at(outputs, 2),
    rstd: at(outputs, 3),
  }
}

/**
 * Gradient of `embed`: drows [rows, C] float32, the gradient of the row that each table
 * contributed (give it to `rowSum` with the table's ids), dgamma and dbeta [C]. `dcopy` (float32 or
 * bfloat16) is added to dy.
 */
export function embedGrad(
  inputs: EmbedInputs,
  saved: Pick<EmbedResult, 'mean' | 'rstd'>,
  dy: Tensor,
  dcopy?: Tensor,
): { readonly drows: Tensor; readonly dgamma: Tensor; readonly dbeta: Tensor } {
  const second = dcopy ?? absent().float32
  const outputs = execute(
    'GraftEmbedGrad',
    [
      attribute.dtype('Y', dy.dtype),
      attribute.dtype('D', second.dtype),
      attribute.float('rate', inputs.dropout?.rate ?? 0),
    ],
    [dy, second, ...operandsOf(inputs), saved.mean, saved.rstd, keyOf(inputs)],
    3,
  )
  return { drows: at(outputs, 0), dgamma: at(outputs, 1), dbeta: at(outputs, 2) }
}

/**
 * Sums rows of the same id: rows float32 [n, C], ids int32 [n] to unique ids [U] (ascending) and
 * sums [U, C]. The sparse gradient of a table; no tensor of the table's size is made.
 */
export function rowSum(
  rows: Tensor,
  ids: Tensor,
): { readonly ids: Tensor; readonly values: Tensor } {
  const outputs = execute('GraftRowSum', [], [rows, ids], 2)
  return { ids: at(outputs, 0), values: at(outputs, 1) }
}
