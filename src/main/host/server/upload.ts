import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { basename, dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Upload } from '@shared/bridge'
import { GraftError } from '@shared/errors'
import { requireFreeBytes } from '../../platform/disk'
import { describeFileError } from '../../platform/files'
import { safeJoin } from '../../platform/paths'

export interface UploadOptions {
  /** Folder of the workspace for uploads. */
  readonly folder: string
  readonly limitBytes: number
}

/** What stays free on the disk, in bytes. */
const reserve = 64 * 1024 * 1024
/** Where results for a browser are written; kept when old uploads are removed. */
export const exportsName = 'exports'

/**
 * Streams the body of `POST /upload?name=[&group=]` into the workspace. Files of one `group` (8 to
 * 32 small letters and digits) share a folder, and their names may hold folders: so a browser
 * uploads a model's folder. The file appears under its name only when it is complete.
 */
export async function receiveUpload(
  request: IncomingMessage,
  query: URLSearchParams,
  options: UploadOptions,
): Promise<Upload> {
  const { path, group } = placeOf(query, options.folder)
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > options.limitBytes) throw tooLarge(options.limitBytes)
  const purpose = `The upload of ${basename(path)}`
  await requireFreeBytes(options.folder, (announced || 0) + reserve, purpose)
  const partial = join(
    dirname(path),
    `.${basename(path)}.${randomBytes(6).toString('hex')}.partial`,
  )
  try {
    await mkdir(dirname(path), { recursive: true })
    const bytes = await writeBody(request, partial, options.limitBytes)
    await rename(partial, path)
    return { path, bytes }
  } catch (error) {
    // What came of the folder before it is of no use without this file.
    await rm(group, { recursive: true, force: true })
    throw describeFileError(error, basename(path))
  }
}

/** Where an upload goes, and the folder of all that come with it. */
function placeOf(
  query: URLSearchParams,
  folder: string,
): { readonly path: string; readonly group: string } {
  const name = query.get('name') ?? ''
  const group = query.get('group') ?? randomBytes(8).toString('hex')
  if (name === '' || name.length > 1000) {
    throw new GraftError('input.invalid', 'An upload needs a name of 1 to 1000 characters.')
  }
  if (!/^[a-z0-9]{8,32}$/.test(group) || group === exportsName) {
    throw new GraftError('input.invalid', 'group: expected 8 to 32 small letters and digits.')
  }
  const parts = name.split('/')
  if (parts.some((part) => part === '..' || part.includes('\\') || part.includes('\0'))) {
    throw new GraftError('archive.unsafePath', `The name ${JSON.stringify(name)} leads elsewhere.`)
  }
  const place = join(folder, group)
  return { path: safeJoin(place, parts.map(uploadName).join('/')), group: place }
}

/** A person's own file name, in whatever script, without what some system does not allow. */
function uploadName(part: string): string {
  const plain = part
    .normalize('NFC')
    .replace(/[\p{C}<>:"|?*]+/gu, '-')
    .replace(/^\.+/, '')
  const extension = /\.[A-Za-z0-9]{1,12}$/.exec(plain)?.[0] ?? ''
  const stem = plain
    .slice(0, plain.length - extension.length)
    .slice(0, 60)
    .trim()
  return `${stem === '' ? 'file' : stem}${extension}`
}

async function writeBody(request: IncomingMessage, to: string, limit: number): Promise<number> {
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > limit) done(tooLarge(limit))
      else done(null, chunk)
    },
  })
  await pipeline(request, counter, createWriteStream(to, { flags: 'wx', flush: true }))
  return bytes
}

const tooLarge = (limit: number): GraftError =>
  new GraftError('input.invalid', `The file is larger than ${Math.floor(limit / 1e9)} GB.`, {
    limit,
  })

/** Removes uploads that nobody touched for `olderThanMs`: what was imported has been copied. */
export async function removeOldUploads(folder: string, olderThanMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (name === exportsName) continue
    const path = join(folder, name)
    const found = await stat(path)
    if (Date.now() - found.mtimeMs > olderThanMs) await rm(path, { recursive: true, force: true })
  }
}
