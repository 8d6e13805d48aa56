// @ts-check
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SetupError } from './errors.mjs'

/**
 * SHA-256 of a file, read as a stream.
 * @param {string} file
 * @returns {Promise<string>} 64 hexadecimal digits
 */
export async function sha256OfFile(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/**
 * Refuses a file whose SHA-256 is not the expected one.
 * @param {string} file
 * @param {string} expected 64 hexadecimal digits
 */
export async function verifySha256(file, expected) {
  const actual = await sha256OfFile(file)
  if (actual === expected) return
  throw new SetupError(
    'setup.checksum',
    `${basename(file)} has SHA-256 ${actual}, expected ${expected}.`,
    { remedy: 'The file was altered or cut on its way; it was not used. Run the command again.' },
  )
}

/**
 * One hash over named parts, in the order of their names: the stamp of a step's inputs.
 * @param {Readonly<Record<string, string | Uint8Array>>} parts
 * @returns {string} 64 hexadecimal digits
 */
export function stampOf(parts) {
  const hash = createHash('sha256')
  for (const [name, part] of Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    hash.update(`${name.length}:${name}:${bytes.length}:`)
    hash.update(bytes)
  }
  return hash.digest('hex')
}
