import { rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { GraftError } from '@shared/errors'
import { literal } from '../platform/literal'
import type { Workspace } from './workspace'

/** Folders of uploads have names that the host makes; results for a browser lie in `exports`. */
const uploadName = /^(?!exports$)[a-z0-9]{8,32}$/

/**
 * Takes in what lies at `path`. What came by a browser is gone at once where it is refused: its
 * person sends it again when it is mended. Errors name files as that person does.
 */
export async function takeIn<T>(
  workspace: Workspace,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await nameUploads(workspace, work)
  } catch (error) {
    const [folder = ''] = relative(workspace.uploads, path).split(sep)
    if (uploadName.test(folder)) {
      await rm(join(workspace.uploads, folder), { recursive: true, force: true })
    }
    throw error
  }
}

/** Errors of `work` name files that were uploaded or unpacked without the folders they lie in here. */
export async function nameUploads<T>({ uploads }: Workspace, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof GraftError ? withoutFolder(error, uploads) : error
  }
}

function withoutFolder(error: GraftError, uploads: string): GraftError {
  const inside = new RegExp(`${literal(uploads + sep)}[^\\\\/\\s]+[\\\\/]?`, 'g')
  const plain = (value: unknown): unknown =>
    typeof value === 'string' ? value.replace(inside, '') : value
  const { code, message, details } = error
  return new GraftError(
    code,
    message.replace(inside, ''),
    details &&
      Object.fromEntries(Object.entries(details).map(([name, value]) => [name, plain(value)])),
    { cause: error },
  )
}
