// @ts-check
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { SetupError } from './errors.mjs'
import { formatBytes } from './progress.mjs'

/**
 * Writes a small file so that it is there completely or not at all.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
export async function writeAtomic(file, content) {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

/**
 * The text of a file, or undefined where there is none.
 * @param {string} file
 * @returns {string | undefined}
 */
export function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOENT', 'ENOTDIR'].includes(String(error.code))
    ) {
      return undefined
    }
    throw error
  }
}

/**
 * The parsed JSON object of a file, or undefined where the file is missing or damaged: what set-up
 * keeps can always be made again.
 * @param {string} file
 * @returns {Record<string, unknown> | undefined}
 */
export function readJsonIfThere(file) {
  const text = readIfThere(file)
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Every file below a folder, as paths with `/` relative to it, sorted. A missing folder has none.
 * @param {string} folder
 * @returns {string[]}
 */
export function listFiles(folder) {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/**
 * Refuses to begin what would fill the disk.
 * @param {string} folder it is created where it is missing
 * @param {number} bytes needed at the most
 * @param {string} purpose
 */
export async function requireFreeDisk(folder, bytes, purpose) {
  await mkdir(folder, { recursive: true })
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  throw new SetupError(
    'setup.diskFull',
    `${purpose} needs ${formatBytes(bytes)} in ${folder}, where ${formatBytes(free)} are free.`,
    { remedy: 'Free some space, or set GRAFTBENCH_CACHE to a folder on a larger disk.' },
  )
}

/**
 * Puts a finished folder in its place; what was there is replaced.
 * @param {string} finished
 * @param {string} place
 */
export async function replaceFolder(finished, place) {
  await mkdir(dirname(place), { recursive: true })
  await rm(place, { recursive: true, force: true })
  await rename(finished, place)
}
