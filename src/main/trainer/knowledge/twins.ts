import type { DataRow } from '@shared/domain/dataset'
import { createRandom } from '../../platform/random'
import { joinRows, type TokenizedRows } from '../../data/tokenized'
import type { Encoded, TextTokenizer } from '../../data/tokenizer'
import type { TextChanger } from './augment'

/** Changed rows of a batch, each with the place in the batch of the row that it comes from. */
export interface Twins {
  readonly of: readonly number[]
  readonly encoded: readonly Encoded[]
}

export interface TwinSource {
  readonly rows: readonly Pick<DataRow, 'text' | 'pair'>[]
  readonly tokens: TokenizedRows
  readonly tokenizer: Pick<TextTokenizer, 'encode'>
  readonly maxLength: number
  readonly change: TextChanger
  /** Share of the rows of a batch that get a twin. */
  readonly share: number
  readonly seed: number
}

export const noTwins: Twins = { of: [], encoded: [] }

/**
 * Twins for the rows of a batch at a step: which rows get one and how they are changed is a function
 * of seed, step and row. A row whose tokens stay as they are gets none.
 */
export function twinsOf(source: TwinSource, batch: Int32Array, step: number): Twins {
  const of: number[] = []
  const encoded: Encoded[] = []
  batch.forEach((row, index) => {
    const random = createRandom(source.seed, stream, step, row)
    const own = source.rows[row]
    if (own === undefined || random.next() >= source.share * 2 ** 32) return
    const text = source.change(own.text, random)
    const pair = own.pair === null ? null : source.change(own.pair, random)
    const twin = source.tokenizer.encode(text, pair, source.maxLength)
    if (sameIds(twin.ids, idsOf(source.tokens, row))) return
    of.push(index)
    encoded.push(twin)
  })
  return { of, encoded }
}

/** Tells these random numbers from others of the same seed. */
const stream = 0x7477696e

/** A tokenised row as the tokeniser gave it. */
export const encodedOf = (tokens: TokenizedRows, row: number): Encoded => ({
  ids: idsOf(tokens, row),
  typeIds: tokens.typeIds.subarray(tokens.starts[row], tokens.starts[row + 1]),
  truncated: tokens.truncated[row] === 1,
})

/** Some rows with changed ones behind them. */
export const joinChanged = (
  tokens: TokenizedRows,
  rows: Int32Array,
  changed: readonly Encoded[],
): TokenizedRows => joinRows([...Array.from(rows, (row) => encodedOf(tokens, row)), ...changed])

const idsOf = (tokens: TokenizedRows, row: number): Int32Array =>
  tokens.ids.subarray(tokens.starts[row], tokens.starts[row + 1])

const sameIds = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((id, at) => id === b[at])
