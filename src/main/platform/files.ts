import { open, stat } from 'node:fs/promises'
import { GraftError } from '@shared/errors'

/** The operating system's code of an error (`ENOENT`, `ENOSPC`, …), if it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns an operating-system error about `path` into a sentence with a code; others stay as they are. */
export function describeFileError(error: unknown, path: string): unknown {
  if (error instanceof GraftError) return error
  const details = { path }
  const cause = { cause: error }
  if (error instanceof Error && error.name === 'AbortError') {
    return new GraftError('cancelled', 'Cancelled.', details, cause)
  }
  switch (systemCodeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new GraftError('file.notFound', `${path} does not exist.`, details, cause)
    case 'EISDIR':
      return new GraftError(
        'file.notReadable',
        `${path} is a folder, a file is needed.`,
        details,
        cause,
      )
    case 'EACCES':
    case 'EPERM':
      return new GraftError(
        'file.notReadable',
        `${path} cannot be opened: permission denied.`,
        details,
        cause,
      )
    case 'EROFS':
      return new GraftError('disk.readOnly', `${path} lies on a read-only disk.`, details, cause)
    case 'ENOSPC':
    case 'EDQUOT':
      return new GraftError(
        'disk.full',
        `The disk of ${path} is full. Free some space and try again.`,
        details,
        cause,
      )
    case 'EEXIST':
    case 'ENOTEMPTY':
      return new GraftError('file.exists', `${path} exists already.`, details, cause)
    default:
      return error
  }
}

/** Bytes of a regular file. Throws file.notFound, or file.notReadable for a folder. */
export async function requireFile(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw describeFileError(error, path)
  })
  if (found.isDirectory()) {
    throw new GraftError('file.notReadable', `${path} is a folder, a file is needed.`, { path })
  }
  if (!found.isFile()) {
    throw new GraftError('file.notReadable', `${path} is not a regular file.`, { path })
  }
  return found.size
}

/** Like requireFile, and refuses a file of zero bytes with file.empty. */
export async function requireContent(path: string): Promise<number> {
  const bytes = await requireFile(path)
  if (bytes === 0) throw new GraftError('file.empty', `${path} is empty.`, { path })
  return bytes
}

/** The first bytes of a file, at most so many. Throws file.notFound, file.notReadable. */
export async function readStart(path: string, bytes: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw describeFileError(error, path)
  }
}

/** Whether something lies at `path`. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      const code = systemCodeOf(error)
      if (code === 'ENOENT' || code === 'ENOTDIR') return false
      throw describeFileError(error, path)
    },
  )
}
