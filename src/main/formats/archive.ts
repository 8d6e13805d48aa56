import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import type { Entry } from 'yauzl'
import { openPromise } from 'yauzl'
import { GraftError } from '@shared/errors'
import { describeFileError, exists, requireContent } from '../platform/files'
import { safeJoin } from '../platform/paths'

export interface ExtractOptions {
  /** Which entries are written; the default is all. */
  readonly wanted?: ((name: string) => boolean) | undefined
  /** Most bytes that are written in all, whatever the archive claims. */
  readonly mostBytes?: number | undefined
  readonly mostFiles?: number | undefined
  readonly signal?: AbortSignal | undefined
}

interface Limits {
  readonly check: (archive: string) => void
  readonly count: (archive: string) => Transform
}

const defaultBytes = 64 * 1024 ** 3
const defaultFiles = 100_000
/** Options of tar-stream; its types lack the first. */
const lenient = { allowUnknownFormat: true, highWaterMark: 1 << 16 }

/**
 * Unpacks a zip archive (a Python wheel is one) into an existing folder. Nothing is written
 * outside it, links are refused, sizes are counted as they come and not as they are claimed.
 *
 * @returns the names of the written files, as they stand in the archive
 * Throws archive.invalid, archive.unsafePath, cancelled, disk.full and the file codes.
 */
export async function extractZip(
  archive: string,
  folder: string,
  options: ExtractOptions = {},
): Promise<readonly string[]> {
  await requireContent(archive)
  const limits = createLimits(options)
  const written: string[] = []
  try {
    const zip = await openPromise(archive, { autoClose: false, strictFileNames: false })
    try {
      for await (const entry of zip.eachEntry()) {
        limits.check(archive)
        const target = safeJoin(folder, entry.fileName)
        if (isZipLink(entry)) refuseLink(archive, entry.fileName)
        if (entry.fileName.endsWith('/') || options.wanted?.(entry.fileName) === false) continue
        await mkdir(dirname(target), { recursive: true })
        // Piped at once: an error of a stream that nobody listens to would end the process.
        const source = await zip.openReadStreamPromise(entry)
        await save(source, limits.count(archive), target, options.signal)
        written.push(entry.fileName)
      }
    } finally {
      zip.close()
    }
  } catch (error) {
    throw archiveError(error, archive)
  }
  return written
}

/** extractZip for a `.tar` or `.tar.gz` archive. */
export async function extractTar(
  archive: string,
  folder: string,
  options: ExtractOptions = {},
): Promise<readonly string[]> {
  await requireContent(archive)
  const limits = createLimits(options)
  const written: string[] = []
  // Archives of before 1988's standard, which the starter kit has, carry no format mark.
  const entries = extract({ ...lenient })
  const source = createReadStream(archive)
  const steps = /\.t?gz$/i.test(archive) ? [source, createGunzip(), entries] : [source, entries]
  const feeding = pipeline(steps)
  feeding.catch((error: unknown) => entries.destroy(error instanceof Error ? error : undefined))
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header
      limits.check(archive)
      const target = safeJoin(folder, name)
      if (type === 'symlink' || type === 'link') refuseLink(archive, name)
      const file = type === 'file' || type === 'contiguous-file'
      if (file && options.wanted?.(name) !== false) {
        await mkdir(dirname(target), { recursive: true })
        await save(entry, limits.count(archive), target, options.signal)
        written.push(name)
      } else {
        entry.resume()
      }
    }
    await feeding
  } catch (error) {
    source.destroy()
    throw archiveError(error, archive)
  }
  return written
}

/** Unpacks a zip, wheel or (gzipped) tar archive, told by its name. */
export async function extractArchive(
  archive: string,
  folder: string,
  options: ExtractOptions = {},
): Promise<readonly string[]> {
  if (/\.(zip|whl)$/i.test(archive)) return extractZip(archive, folder, options)
  if (/\.(tar|tar\.gz|tgz)$/i.test(archive)) return extractTar(archive, folder, options)
  throw new GraftError(
    'archive.invalid',
    `${archive} is no archive that can be read. Readable are .whl, .zip, .tar and .tar.gz.`,
    { archive },
  )
}

/**
 * The folder of a model under `root`: the one nearest to the top that has a config.json beside
 * weights or an index of them. Throws model.configMissing when there is none.
 */
export async function findModelFolder(root: string): Promise<string> {
  let level = [root]
  while (level.length > 0) {
    const next: string[] = []
    for (const folder of level) {
      if (await holdsModel(folder)) return folder
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) next.push(join(folder, entry.name))
      }
    }
    level = next.sort()
  }
  throw new GraftError(
    'model.configMissing',
    `${root} holds no model in the Hugging Face layout: no folder has a config.json and weights.`,
    { root },
  )
}

async function holdsModel(folder: string): Promise<boolean> {
  if (!(await exists(join(folder, 'config.json')))) return false
  for (const name of ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin']) {
    if (await exists(join(folder, name))) return true
  }
  return false
}

async function save(
  source: NodeJS.ReadableStream | AsyncIterable<unknown>,
  counter: Transform,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await pipeline(source, counter, createWriteStream(target, { flags: 'wx' }), { signal })
}

function createLimits(options: ExtractOptions): Limits {
  const mostBytes = options.mostBytes ?? defaultBytes
  const mostFiles = options.mostFiles ?? defaultFiles
  let bytes = 0
  let files = 0
  const tooMuch = (archive: string, what: string): GraftError =>
    new GraftError('archive.invalid', `${archive} holds more than ${what}.`, { archive })
  return {
    check: (archive) => {
      files += 1
      if (files > mostFiles) throw tooMuch(archive, `${mostFiles} files`)
    },
    count: (archive) =>
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length
          done(bytes > mostBytes ? tooMuch(archive, `${mostBytes} bytes`) : null, chunk)
        },
      }),
  }
}

const isZipLink = (entry: Entry): boolean =>
  ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000

function refuseLink(archive: string, name: string): never {
  throw new GraftError(
    'archive.unsafePath',
    `${archive} holds ${JSON.stringify(name)}, which is a link. Archives with links are not unpacked.`,
    { archive, name },
  )
}

/** What the zip and tar readers throw without a code of the system is about the archive. */
function archiveError(error: unknown, archive: string): unknown {
  const described = describeFileError(error, archive)
  if (described instanceof GraftError || !(error instanceof Error)) return described
  const unsafe = /invalid relative path|absolute path|invalid characters in fileName/.test(
    error.message,
  )
  return new GraftError(
    unsafe ? 'archive.unsafePath' : 'archive.invalid',
    `${archive} cannot be unpacked: ${error.message.replace(/\.$/, '')}.`,
    { archive },
    { cause: error },
  )
}
