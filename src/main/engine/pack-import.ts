import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { KnowledgePack, PackProblem } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { manifestFile } from '../data/pack/manifest'
import { requireUsable } from '../data/pack/problems'
import { extractZip } from '../formats/archive'
import { describeFileError, exists } from '../platform/files'
import type { Context } from './context'
import type { JobControl } from './jobs'
import { unpackingMark } from './model-import'
import { inspectPack, keepPack } from './pack-store'

/** Most that a zip file of a pack may unpack to. */
const limits = { mostBytes: 2 * 1024 ** 3, mostFiles: 10_000 }

/** The result of an import: the pack, and what a person should know of how it came in. */
export interface ImportedPack extends KnowledgePack {
  readonly takenVersion: number | null
  readonly warnings: readonly PackProblem[]
}

/** Takes a folder or a zip file into the workspace. Throws pack.invalid, archive and file codes. */
export const importPack = (
  context: Context,
  path: string,
  name: string | undefined,
  { signal, report }: JobControl,
): Promise<ImportedPack> =>
  withPackFolder(context, path, signal, async (folder) => {
    report({ label: 'Reading the pack', done: 0, total: null, unit: 'files' })
    const { content, problems } = await inspectPack(folder, signal)
    requireUsable(path, problems)
    const named = name === undefined ? content : { ...content, name }
    report({ label: 'Keeping the pack', done: 0, total: null, unit: 'files' })
    const { pack, takenVersion } = await keepPack(context, named, folder, signal)
    return { ...pack, takenVersion, warnings: problems }
  })

/** Runs `use` on the folder of a pack; a zip file is unpacked for as long as that takes. */
export async function withPackFolder<T>(
  { workspace }: Context,
  path: string,
  signal: AbortSignal | undefined,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const found = await stat(path).catch((error: unknown) => {
    throw describeFileError(error, path)
  })
  if (found.isDirectory()) return use(path)
  if (!/\.zip$/i.test(path)) {
    throw new GraftError('pack.invalid', `${path} is no pack: a folder or a .zip file is needed.`, {
      path,
    })
  }
  const work = await mkdtemp(join(workspace.uploads, unpackingMark))
  try {
    await extractZip(path, work, { ...limits, signal })
    return await use(await topOf(work))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The folder with the manifest: that of the archive itself, or its one folder. */
async function topOf(folder: string): Promise<string> {
  if (await exists(join(folder, manifestFile))) return folder
  const entries = await readdir(folder, { withFileTypes: true })
  const inner = entries.filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX')
  const [only] = inner
  return inner.length === 1 && only?.isDirectory() ? join(folder, basename(only.name)) : folder
}
