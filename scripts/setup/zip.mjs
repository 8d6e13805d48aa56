// @ts-check
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'
import { SetupError } from './errors.mjs'

/**
 * A file inside a zip archive.
 * @typedef {object} ZipEntry
 * @property {string} name with `/`
 * @property {number} method 0 stored, 8 deflated
 * @property {number} packed bytes in the archive
 * @property {number} size bytes when unpacked
 * @property {number} offset of the local header
 * @property {boolean} executable
 */

const endSize = 22
const endMark = 0x06054b50
const centralMark = 0x02014b50
const localMark = 0x04034b50
const largestComment = 0xffff

/**
 * @param {string} file
 * @param {string} reason
 */
const damaged = (file, reason) =>
  new SetupError('setup.archive', `${basename(file)} is not a complete zip archive: ${reason}.`, {
    remedy: 'Run the command again: the file is fetched anew.',
  })

/**
 * A path inside an archive that stays inside the folder it is unpacked to.
 * @param {string} file
 * @param {string} name
 */
function checkName(file, name) {
  const parts = name.split('/')
  const unsafe = name.startsWith('/') || name.includes('\\') || /^[a-z]:/i.test(name)
  if (!unsafe && !parts.includes('..') && !name.includes('\0')) return
  throw new SetupError(
    'setup.archive',
    `${basename(file)} names a path outside its folder: ${name}.`,
  )
}

/**
 * Lists the files of a zip archive of up to 4 GiB.
 * @param {string} file
 * @returns {Promise<ZipEntry[]>}
 * @throws {SetupError} setup.archive where the archive is cut, too large or names unsafe paths
 */
export async function listZip(file) {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const tail = Buffer.alloc(Math.min(size, endSize + largestComment))
    await handle.read(tail, 0, tail.length, size - tail.length)
    let end = tail.length - endSize
    while (end >= 0 && tail.readUInt32LE(end) !== endMark) end -= 1
    if (end < 0) throw damaged(file, 'its end is missing')
    const count = tail.readUInt16LE(end + 10)
    const length = tail.readUInt32LE(end + 12)
    const start = tail.readUInt32LE(end + 16)
    if (count === 0xffff || start === 0xffffffff) throw damaged(file, 'Zip64 is not supported')
    if (start + length > size) throw damaged(file, 'its directory lies beyond its end')
    const directory = Buffer.alloc(length)
    await handle.read(directory, 0, length, start)
    return readDirectory(file, directory, count)
  } finally {
    await handle.close()
  }
}

/**
 * @param {string} file
 * @param {Buffer} bytes the central directory
 * @param {number} count
 */
function readDirectory(file, bytes, count) {
  /** @type {ZipEntry[]} */
  const entries = []
  let at = 0
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralMark) {
      throw damaged(file, `entry ${index + 1} of its directory is unreadable`)
    }
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    checkName(file, name)
    const mode = bytes.readUInt32LE(at + 38) >>> 16
    if (!name.endsWith('/')) {
      entries.push({
        name,
        method: bytes.readUInt16LE(at + 10),
        packed: bytes.readUInt32LE(at + 20),
        size: bytes.readUInt32LE(at + 24),
        offset: bytes.readUInt32LE(at + 42),
        executable: (mode & 0o111) !== 0,
      })
    }
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

/**
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {string} file
 * @param {ZipEntry} entry
 */
async function dataOffset(handle, file, entry) {
  const header = Buffer.alloc(30)
  await handle.read(header, 0, 30, entry.offset)
  if (header.readUInt32LE(0) !== localMark) throw damaged(file, `${entry.name} has no header`)
  return entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
}

/**
 * Unpacks entries into a folder. Each file appears under its name when it is complete, so that an
 * unpacking that was cut goes on where it stopped.
 * @param {string} file
 * @param {readonly ZipEntry[]} entries
 * @param {string} folder
 * @param {(bytes: number) => void} [onBytes] unpacked so far
 */
export async function extractZip(file, entries, folder, onBytes) {
  const handle = await open(file, 'r')
  let done = 0
  try {
    for (const entry of entries) {
      const target = join(folder, entry.name)
      const there = await stat(target).catch(() => undefined)
      if (there?.size !== entry.size) {
        await mkdir(dirname(target), { recursive: true })
        await extractEntry(file, await dataOffset(handle, file, entry), entry, target)
      }
      done += entry.size
      onBytes?.(done)
    }
  } finally {
    await handle.close()
  }
}

/**
 * @param {string} file
 * @param {number} start
 * @param {ZipEntry} entry
 * @param {string} target
 */
async function extractEntry(file, start, entry, target) {
  const temporary = `${target}.part`
  const output = createWriteStream(temporary, {
    mode: entry.executable ? 0o755 : 0o644,
    flush: true,
  })
  if (entry.packed === 0) {
    await pipeline([], output)
  } else {
    const input = createReadStream(file, {
      start,
      end: start + entry.packed - 1,
      highWaterMark: 1 << 20,
    })
    if (entry.method === 0) await pipeline(input, output)
    else if (entry.method === 8)
      await pipeline(input, createInflateRaw({ chunkSize: 1 << 18 }), output)
    else throw damaged(file, `${entry.name} is packed by method ${entry.method}`)
  }
  const { size } = await stat(temporary)
  if (size !== entry.size) throw damaged(file, `${entry.name} has ${size} of ${entry.size} bytes`)
  await rename(temporary, target)
}
