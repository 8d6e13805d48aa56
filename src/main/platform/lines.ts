import { createReadStream } from 'node:fs'
import { GraftError } from '@shared/errors'
import { describeFileError } from './files'

export interface Line {
  /** Counted from 1. */
  readonly number: number
  /** Position of the line's first byte in the file. */
  readonly byteOffset: number
  /** Bytes up to and including the line's end. */
  readonly byteLength: number
  /** The line without its end (`\n`, `\r\n`). */
  readonly bytes: Buffer
}

const newline = 0x0a
const carriageReturn = 0x0d

/**
 * Lines of a file, one at a time, whatever the size of the file. A line longer than `maxBytes`
 * is refused with data.format, so that memory stays bounded.
 */
export async function* readLines(
  path: string,
  options: {
    readonly start?: number
    readonly maxBytes?: number
    readonly signal?: AbortSignal | undefined
  } = {},
): AsyncGenerator<Line, void, undefined> {
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024
  let offset = options.start ?? 0
  let number = 0
  let rest: Buffer[] = []
  let restBytes = 0
  const finish = (length: number): Line => {
    const whole = rest.length === 1 && rest[0] !== undefined ? rest[0] : Buffer.concat(rest)
    let end = whole.length
    if (end > 0 && whole[end - 1] === newline) end -= 1
    if (end > 0 && whole[end - 1] === carriageReturn) end -= 1
    number += 1
    const line = { number, byteOffset: offset, byteLength: length, bytes: whole.subarray(0, end) }
    offset += length
    rest = []
    restBytes = 0
    return line
  }
  try {
    const stream = createReadStream(path, {
      highWaterMark: 1 << 18,
      start: offset,
      signal: options.signal,
    })
    for await (const read of stream) {
      const chunk: Buffer = read
      let from = 0
      while (from < chunk.length) {
        const found = chunk.indexOf(newline, from)
        const to = found === -1 ? chunk.length : found + 1
        rest.push(chunk.subarray(from, to))
        restBytes += to - from
        if (restBytes > maxBytes) {
          throw new GraftError(
            'data.format',
            `${path}, line ${number + 1}: longer than ${maxBytes} bytes.`,
            { path, line: number + 1 },
          )
        }
        if (found !== -1) yield finish(restBytes)
        from = to
      }
    }
  } catch (error) {
    throw describeFileError(error, path)
  }
  if (restBytes > 0) yield finish(restBytes)
}
