import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { describeFileError, requireFile } from './files'

/** SHA-256 in lower-case hex of the bytes of an array or of a string's UTF-8. */
export const sha256 = (content: string | NodeJS.ArrayBufferView): string =>
  createHash('sha256').update(content).digest('hex')

/** SHA-256 of a file, read in pieces. Throws file.notFound, file.notReadable, cancelled. */
export async function sha256File(path: string, signal?: AbortSignal): Promise<string> {
  await requireFile(path)
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk)
    }
  } catch (error) {
    throw describeFileError(error, path)
  }
  return hash.digest('hex')
}

/** JSON with the keys of every object in code-unit order: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}

/** SHA-256 of a value's canonical JSON. */
export const sha256Json = (value: unknown): string => sha256(canonicalJson(value))
