import { cp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { KnowledgePack } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { manifestFile } from '../data/pack/manifest'
import { writeZip } from '../formats/zip-writer'
import { buildFolderAtomic } from '../platform/atomic'
import { diskBytes } from '../platform/disk'
import { exists } from '../platform/files'
import type { Context } from './context'
import { packFolder } from './run-folder'

const isZip = (path: string): boolean => /\.zip$/i.test(path)

/** Throws export.exists where the target is neither free nor, with `overwrite`, a pack itself. */
export async function requirePackTarget(target: string, overwrite: boolean): Promise<void> {
  if (!(await exists(target))) return
  const found = await stat(target)
  const isPack = found.isDirectory()
    ? await exists(join(target, manifestFile))
    : isZip(target) && found.isFile()
  if (overwrite && isPack) return
  if (!isZip(target) && found.isDirectory() && (await readdir(target)).length === 0) return
  throw new GraftError(
    'export.exists',
    overwrite
      ? `${target} is no exported pack, so it is not overwritten. Choose another name.`
      : `${target} exists already. Choose another name, or overwrite it.`,
    { path: target },
  )
}

/** Writes a pack's files as a folder, or as a zip archive where the name ends in .zip. */
export async function exportPack(
  { workspace }: Context,
  pack: KnowledgePack,
  target: string,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const folder = packFolder(workspace, pack.hash)
  if (isZip(target)) {
    const names = [...(await filesOf(folder, ''))].sort()
    const files = names.map((name) => ({ path: join(folder, name), name }))
    await writeZip(target, files, signal)
  } else {
    if ((await exists(target)) && (await readdir(target)).length === 0)
      await rm(target, { recursive: true })
    await buildFolderAtomic(
      target,
      (building) => cp(folder, building, { recursive: true }),
      'replace',
    )
  }
  return { path: target, bytes: await diskBytes(target) }
}

/** Names of the files of a folder and those below it. */
async function filesOf(folder: string, below: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    names.push(...(entry.isDirectory() ? await filesOf(folder, name) : [name]))
  }
  return names
}
