import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { DataRow } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import type { TokenizedRows } from './tokenized'
import { joinRows, readTokenized, writeTokenized } from './tokenized'
import type { Encoded, TextTokenizer } from './tokenizer'

export type TextRow = Pick<DataRow, 'text' | 'pair'>

export interface TokenizeOptions {
  readonly maxLength: number
  /** Where results are kept by content; null: nowhere. */
  readonly cacheFolder: string | null
  readonly signal?: AbortSignal | undefined
  /** Called a few times a second with the number of rows that are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const rowsBetweenBreaths = 256

/**
 * Tokenises rows, or takes the result from the cache: the file's name is a hash of tokeniser,
 * texts and longest length, so that a change of any of them is a different file. A damaged cache
 * file is computed anew. Throws `cancelled`.
 */
export async function tokenizeRows(
  tokenizer: TextTokenizer,
  rows: readonly TextRow[],
  options: TokenizeOptions,
): Promise<TokenizedRows> {
  if (options.cacheFolder === null) return computeRows(tokenizer, rows, options)
  const key = cacheKey(tokenizer.hash, rows, options.maxLength)
  const path = join(options.cacheFolder, `tokens-${key}.bin`)
  const kept = await readTokenized(path)
  if (kept !== undefined && kept.rows === rows.length) {
    options.onProgress?.(rows.length, rows.length)
    return kept
  }
  const computed = await computeRows(tokenizer, rows, options)
  await writeTokenized(path, computed)
  return computed
}

function cacheKey(tokenizer: string, rows: readonly TextRow[], maxLength: number): string {
  const hash = createHash('sha256').update(`${tokenizer} ${maxLength}\n`)
  for (const { text, pair } of rows) hash.update(JSON.stringify([text, pair]))
  return hash.digest('hex').slice(0, 32)
}

async function computeRows(
  tokenizer: TextTokenizer,
  rows: readonly TextRow[],
  options: TokenizeOptions,
): Promise<TokenizedRows> {
  const encoded: Encoded[] = []
  for (const { text, pair } of rows) {
    if (encoded.length % rowsBetweenBreaths === 0) {
      options.onProgress?.(encoded.length, rows.length)
      await breathe()
      if (options.signal?.aborted) throw new GraftError('cancelled', 'Tokenising was cancelled.')
    }
    encoded.push(tokenizer.encode(text, pair, options.maxLength))
  }
  options.onProgress?.(rows.length, rows.length)
  return joinRows(encoded)
}
