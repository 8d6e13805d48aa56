import { lstat, readdir, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { GraftError } from '@shared/errors'
import { describeFileError, exists, systemCodeOf } from './files'

/** Bytes that this person may still write on the disk of `path`, which need not exist yet. */
export async function freeBytes(path: string): Promise<number> {
  let at = resolve(path)
  while (!(await exists(at)) && dirname(at) !== at) at = dirname(at)
  const found = await statfs(at)
  return found.bavail * found.bsize
}

/** Throws disk.full when less than `bytes` are free at `path`. `purpose`: what needs them. */
export async function requireFreeBytes(
  path: string,
  bytes: number,
  purpose: string,
): Promise<void> {
  const free = await freeBytes(path)
  if (free >= bytes) return
  const megabytes = (value: number): string => `${Math.ceil(value / 1e6)} MB`
  throw new GraftError(
    'disk.full',
    `${purpose} needs ${megabytes(bytes)} at ${path}, but only ${megabytes(free)} are free.`,
    { path, needed: bytes, free },
  )
}

/** Bytes of all files under `path` (a file or a folder); 0 when it does not exist. */
export async function diskBytes(path: string): Promise<number> {
  try {
    const found = await lstat(path)
    if (!found.isDirectory()) return found.size
    const names = await readdir(path)
    const sizes = await Promise.all(names.map((name) => diskBytes(join(path, name))))
    return sizes.reduce((sum, size) => sum + size, 0)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0
    throw describeFileError(error, path)
  }
}
