import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GraftError } from '@shared/errors'
import { describeFileError, exists, systemCodeOf } from './files'

const temporaryMark = '.partial-'

const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}${temporaryMark}${randomBytes(6).toString('hex')}`)

/** Makes a rename durable. Folders cannot be synchronised on Windows, where it is not needed. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Writes a file that is either there in full or not at all: `write` fills a temporary file, which
 * is synchronised and then renamed to `path`. Whatever `write` throws removes the temporary file.
 */
export async function writeAtomic<T>(
  path: string,
  write: (file: FileHandle) => Promise<T>,
  options: { readonly mode?: number } = {},
): Promise<T> {
  const temporary = temporaryName(path)
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'wx', options.mode ?? 0o666)
    let result: T
    try {
      result = await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
    return result
  } catch (error) {
    await rm(temporary, { force: true })
    throw describeFileError(error, path)
  }
}

/** writeAtomic for content that is in memory. */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  await writeAtomic(path, (file) => file.writeFile(content), options)
}

/** What happens when the folder is there already. `keep`: content-addressed, the old one is as good. */
export type WhenExists = 'refuse' | 'keep' | 'replace'

/**
 * Builds a folder that is either there in full or not at all: `build` fills a temporary sibling,
 * every file of it is synchronised, then it is renamed to `path`.
 */
export async function buildFolderAtomic<T>(
  path: string,
  build: (folder: string) => Promise<T>,
  whenExists: WhenExists = 'refuse',
): Promise<T> {
  if (whenExists === 'refuse' && (await exists(path))) {
    throw new GraftError('file.exists', `${path} exists already.`, { path })
  }
  const named = async (folder: string): Promise<{ name: string; result: T }> => ({
    name: basename(path),
    result: await build(folder),
  })
  return (await buildNamedFolder(dirname(path), named, whenExists)).result
}

/**
 * buildFolderAtomic for a folder whose name is known only when its content is, such as its hash:
 * `build` returns the name under `parent`.
 */
export async function buildNamedFolder<T>(
  parent: string,
  build: (folder: string) => Promise<{ readonly name: string; readonly result: T }>,
  whenExists: WhenExists = 'keep',
): Promise<{ readonly path: string; readonly result: T }> {
  const temporary = temporaryName(join(parent, 'folder'))
  try {
    await mkdir(parent, { recursive: true })
    await mkdir(temporary)
    const { name, result } = await build(temporary)
    const path = join(parent, name)
    await syncTree(temporary)
    await moveFolder(temporary, path, whenExists)
    await syncFolder(parent)
    return { path, result }
  } catch (error) {
    throw describeFileError(error, parent)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function moveFolder(from: string, to: string, whenExists: WhenExists): Promise<void> {
  try {
    await rename(from, to)
    return
  } catch (error) {
    const code = systemCodeOf(error)
    const occupied = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM'
    if (!occupied || whenExists === 'refuse' || !(await exists(to))) throw error
    if (whenExists === 'keep') return
  }
  const replaced = temporaryName(to)
  await rename(to, replaced)
  await rename(from, to)
  await rm(replaced, { recursive: true, force: true })
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      await syncTree(path)
    } else if (entry.isFile()) {
      const file = await open(path, 'r+')
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    }
  }
  await syncFolder(folder)
}

/** Removes what an interrupted write left in `folder` more than `olderThanMs` ago; returns how many. */
export async function removePartials(folder: string, olderThanMs = 0): Promise<number> {
  if (!(await exists(folder))) return 0
  let removed = 0
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.') || !name.includes(temporaryMark)) continue
    const path = join(folder, name)
    const found = await stat(path)
    if (Date.now() - found.mtimeMs < olderThanMs) continue
    await rm(path, { recursive: true, force: true })
    removed += 1
  }
  return removed
}
