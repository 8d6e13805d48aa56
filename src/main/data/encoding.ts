import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import type { FileFormat } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { describeFileError, readStart } from '../platform/files'

export type Encoding = FileFormat['encoding']

export interface DetectedEncoding {
  readonly encoding: Encoding
  /** UTF-8 for the most part, with some bytes that are not: they decode to U+FFFD. */
  readonly damaged: boolean
}

const replacement = '\ufffd'
const sampleBytes = 1 << 16

/** Beginnings of files that are no text, with what they are. */
const binaryMarks: readonly (readonly [string, string])[] = [
  ['PAR1', 'a Parquet file'],
  ['PK\u0003\u0004', 'a zip archive or an Excel workbook'],
  ['\u001f\u008b', 'a gzip archive'],
  ['%PDF', 'a PDF document'],
  ['\u00d0\u00cf\u0011\u00e0', 'an old Office document'],
  ['SQLite format 3', 'an SQLite database'],
  ['ARROW1', 'an Arrow file'],
]

/**
 * Decides how a text file is encoded: by byte order mark; by the zeros of UTF-16; as UTF-8 when
 * the bytes are that; else as Windows-1252, which contains Latin-1. Reads at most `limit` bytes.
 *
 * Throws data.format for a file that is no text.
 */
export async function detectEncoding(path: string, limit = Infinity): Promise<DetectedEncoding> {
  const sample = await readStart(path, sampleBytes)
  refuseBinary(sample, path)
  const marked = byMark(sample) ?? byZeros(sample)
  if (marked !== undefined) return { encoding: marked, damaged: false }
  if (sample.includes(0)) {
    throw new GraftError('data.format', `${path} is not a text file: it contains zero bytes.`, {
      path,
    })
  }
  return countInvalid(path, limit)
}

function refuseBinary(sample: Buffer, path: string): void {
  const start = sample.subarray(0, 16).toString('latin1')
  const found = binaryMarks.find(([mark]) => start.startsWith(mark))
  if (found === undefined) return
  throw new GraftError(
    'data.format',
    `${path} is ${found[1]}. Readable are CSV, TSV and JSONL: save the table as one of them.`,
    { path },
  )
}

function byMark(sample: Buffer): Encoding | undefined {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  return undefined
}

/** Western text in UTF-16 without a mark has a zero in every second byte. */
function byZeros(sample: Buffer): Encoding | undefined {
  const zeros = [0, 0]
  for (let at = 0; at < sample.length; at += 1) {
    if (sample[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  }
  const [even = 0, odd = 0] = zeros
  const most = sample.length / 4
  if (odd > most && even < odd / 20) return 'utf-16le'
  if (even > most && odd < even / 20) return 'utf-16be'
  return undefined
}

/** A few wrong bytes among many right ones are damage; otherwise it is another encoding. */
async function countInvalid(path: string, limit: number): Promise<DetectedEncoding> {
  let invalid = 0
  let valid = 0
  let rest = Buffer.alloc(0)
  const count = (bytes: Buffer): void => {
    if (isUtf8(bytes)) {
      if (invalid > 0) valid += beyondAscii(bytes.toString('utf8'))
      return
    }
    const text = bytes.toString('utf8')
    const broken = text.split(replacement).length - 1
    invalid += broken
    valid += beyondAscii(text) - broken
  }
  try {
    const end = limit === Infinity ? undefined : limit - 1
    for await (const read of createReadStream(path, { highWaterMark: 1 << 20, end })) {
      const chunk: Buffer = read
      const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const whole = wholeCharacters(joined)
      count(joined.subarray(0, whole))
      rest = Buffer.from(joined.subarray(whole))
    }
  } catch (error) {
    throw describeFileError(error, path)
  }
  if (limit === Infinity) count(rest)
  if (invalid === 0) return { encoding: 'utf-8', damaged: false }
  return valid > 10 * invalid
    ? { encoding: 'utf-8', damaged: true }
    : { encoding: 'windows-1252', damaged: false }
}

const beyondAscii = (text: string): number => text.match(/[^\0-\x7f]/gu)?.length ?? 0

/** Bytes up to the start of a UTF-8 character that the end of the buffer cuts. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Text of a file piece by piece, without its byte order mark, and the bytes read so far. */
export async function* decodeFile(
  path: string,
  encoding: Encoding,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly text: string; readonly bytesRead: number }, void, undefined> {
  const decoder = new TextDecoder(encoding)
  let bytesRead = 0
  try {
    for await (const read of createReadStream(path, { highWaterMark: 1 << 17, signal })) {
      const chunk: Buffer = read
      bytesRead += chunk.length
      yield { text: decoder.decode(chunk, { stream: true }), bytesRead }
    }
  } catch (error) {
    throw describeFileError(error, path)
  }
  const last = decoder.decode()
  if (last !== '') yield { text: last, bytesRead }
}
