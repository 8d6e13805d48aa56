import { existsSync } from 'node:fs'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { runJob } from './jobs'
import type { Session } from './session'
import { typedPath } from './session'
import { takenIn } from './taken'

const importResult = z.looseObject({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  takenVersion: z.number().nullable(),
  warnings: z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      file: z.string(),
      line: z.number().nullable(),
      field: z.string().nullable(),
      message: z.string(),
    }),
  ),
})

export type ImportedPack = z.output<typeof importResult>

/** Takes a folder or zip file into the workspace. */
export async function importPack(
  session: Session,
  source: string,
  name?: string,
): Promise<ImportedPack> {
  const path = typedPath(source)
  if (!existsSync(path)) {
    throw new GraftError('file.notFound', `${path} does not exist.`, { path })
  }
  const named = name === undefined ? {} : { name }
  return importResult.parse(
    await runJob(session, (engine) => engine.call('packs.import', { path, ...named })),
  )
}

/** A pack of the workspace by name, name@version or id; else a folder or zip file that is there. */
export async function findPack(
  session: Session,
  source: string,
): Promise<{ readonly pack: string } | { readonly path: string }> {
  const path = typedPath(source)
  if (/^[.~/\\]|^[A-Za-z]:|\.zip$/i.test(source) && existsSync(path)) return { path }
  const engine = await session.engine()
  try {
    const { pack } = await engine.call('packs.get', { pack: source })
    return { pack: pack.id }
  } catch (error) {
    if (!(error instanceof GraftError) || error.code !== 'notFound' || !existsSync(path)) {
      throw error
    }
    return { path }
  }
}

/** The pack that a run names, as name@version; a folder or zip file is imported on the way. */
export async function resolvePack(session: Session, source: string): Promise<string> {
  const found = await findPack(session, source)
  const engine = await session.engine()
  if ('path' in found) {
    const before = await engine.call('packs.list', {})
    const { id, name, version } = await importPack(session, found.path)
    if (!before.some((pack) => pack.id === id)) {
      takenIn(session, () => engine.call('packs.delete', { pack: id }))
    }
    return `${name}@${version}`
  }
  const { pack } = await engine.call('packs.get', found)
  return `${pack.name}@${pack.version}`
}
