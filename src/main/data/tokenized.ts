import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeAtomic } from '../platform/atomic'
import { exists } from '../platform/files'
import type { Encoded } from './tokenizer'

/** Token ids of many rows, one after another without padding. */
export interface TokenizedRows {
  readonly rows: number
  /** All ids: row r has ids[starts[r]] to below ids[starts[r + 1]]. */
  readonly ids: Int32Array
  /** Segment of each token. */
  readonly typeIds: Uint8Array
  /** One more than there are rows. */
  readonly starts: Int32Array
  /** Tokens of each row. */
  readonly lengths: Int32Array
  /** 1 for a row that was cut to the longest allowed length. */
  readonly truncated: Uint8Array
}

const mark = Buffer.from('GRAFTTOK')
const digestBytes = 32
/** Mark, digest, number of rows and number of tokens. */
const headBytes = mark.length + digestBytes + 8

/** Writes tokenised rows as one file with a SHA-256 of its content, all or nothing. */
export async function writeTokenized(path: string, tokenized: TokenizedRows): Promise<void> {
  const counts = Buffer.alloc(8)
  counts.writeUInt32LE(tokenized.rows, 0)
  counts.writeUInt32LE(tokenized.ids.length, 4)
  const parts = [counts, tokenized.starts, tokenized.ids, tokenized.typeIds, tokenized.truncated]
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  await writeAtomic(path, async (file) => {
    await file.writev([mark, digest.digest()])
    for (const part of parts) await file.writeFile(part)
  })
}

/** Reads what writeTokenized wrote; undefined when it is not there or not whole. */
export async function readTokenized(path: string): Promise<TokenizedRows | undefined> {
  if (!(await exists(path))) return undefined
  const bytes = await readFile(path)
  if (bytes.length < headBytes || !bytes.subarray(0, mark.length).equals(mark)) return undefined
  const content = bytes.subarray(mark.length + digestBytes)
  const digest = bytes.subarray(mark.length, mark.length + digestBytes)
  if (!createHash('sha256').update(content).digest().equals(digest)) return undefined
  const rows = content.readUInt32LE(0)
  const tokens = content.readUInt32LE(4)
  let at = 8
  const words = (count: number): Int32Array => {
    const copy = new Uint8Array(content.subarray(at, at + 4 * count))
    at += 4 * count
    return new Int32Array(copy.buffer, 0, count)
  }
  const octets = (count: number): Uint8Array => {
    at += count
    return new Uint8Array(content.subarray(at - count, at))
  }
  const starts = words(rows + 1)
  const ids = words(tokens)
  const typeIds = octets(tokens)
  return { rows, ids, typeIds, starts, lengths: lengthsOf(starts), truncated: octets(rows) }
}

/** Tokens of each row, from where rows start. */
export const lengthsOf = (starts: Int32Array): Int32Array =>
  Int32Array.from({ length: Math.max(0, starts.length - 1) }, (_, row) => {
    return (starts[row + 1] ?? 0) - (starts[row] ?? 0)
  })

/** Rows one after another, as they were encoded. */
export function joinRows(encoded: readonly Encoded[]): TokenizedRows {
  const starts = new Int32Array(encoded.length + 1)
  encoded.forEach(({ ids }, row) => {
    starts[row + 1] = (starts[row] ?? 0) + ids.length
  })
  const total = starts[encoded.length] ?? 0
  const ids = new Int32Array(total)
  const typeIds = new Uint8Array(total)
  const truncated = new Uint8Array(encoded.length)
  encoded.forEach((row, at) => {
    ids.set(row.ids, starts[at])
    typeIds.set(row.typeIds, starts[at])
    truncated[at] = row.truncated ? 1 : 0
  })
  return { rows: encoded.length, ids, typeIds, starts, lengths: lengthsOf(starts), truncated }
}

/** A batch as a model takes it: matrices of `rows` × `length`, row by row. */
export interface PaddedBatch {
  readonly rows: number
  /** Tokens of the longest row (rounded up to `multipleOf`). */
  readonly length: number
  readonly inputIds: Int32Array
  /** 1 for a token, 0 for padding. */
  readonly attentionMask: Int32Array
  readonly tokenTypeIds: Int32Array
  /** Tokens without padding. */
  readonly tokens: number
}

/** Lays rows side by side, padded on the right to the longest of them. */
export function padBatch(
  tokenized: TokenizedRows,
  rows: ArrayLike<number>,
  padId: number,
  multipleOf = 1,
): PaddedBatch {
  let longest = 1
  let tokens = 0
  for (let at = 0; at < rows.length; at += 1) {
    const length = tokenized.lengths[rows[at] ?? 0] ?? 0
    longest = Math.max(longest, length)
    tokens += length
  }
  const length = Math.ceil(longest / multipleOf) * multipleOf
  const inputIds = new Int32Array(rows.length * length).fill(padId)
  const attentionMask = new Int32Array(rows.length * length)
  const tokenTypeIds = new Int32Array(rows.length * length)
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0
    const start = tokenized.starts[row] ?? 0
    const end = tokenized.starts[row + 1] ?? start
    const target = at * length
    inputIds.set(tokenized.ids.subarray(start, end), target)
    attentionMask.fill(1, target, target + end - start)
    tokenTypeIds.set(tokenized.typeIds.subarray(start, end), target)
  }
  return { rows: rows.length, length, inputIds, attentionMask, tokenTypeIds, tokens }
}
