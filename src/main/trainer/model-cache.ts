import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { diskBytes } from '../platform/disk'

const gibibyte = 2 ** 30

/** Kinds of files in the cache, by their names, and the room that all of a kind may take, in bytes. */
const kinds = [
  // Whole models that serve many runs.
  { names: /^(lesson|weak|pretrained|vocabulary)-/, most: 6 * gibibyte },
  // Weights that came of one draw of labelled rows: of use to the next few runs.
  { names: /^trained-/, most: 2 * gibibyte },
  // What models said of held-out rows.
  { names: /^trials-/, most: gibibyte / 4 },
] as const

interface CachedModel {
  readonly path: string
  readonly bytes: number
  readonly time: number
}

/**
 * Notes that a file or folder of the cache was used, and removes those of its kind that were not used
 * for longest where all of them take too much room. Each can be computed again.
 */
export async function keepModel(cacheFolder: string, used: string, most?: number): Promise<void> {
  const kind = kinds.find(({ names }) => names.test(basename(used)))
  if (kind === undefined) return
  const now = new Date()
  await utimes(used, now, now).catch(unlessMissing)
  const models = await Promise.all(
    (await readdir(cacheFolder))
      .filter((name) => kind.names.test(name))
      .map((name) => cachedModel(join(cacheFolder, name))),
  )
  let total = models.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { path, bytes } of models.toSorted((a, b) => a.time - b.time)) {
    if (total <= (most ?? kind.most)) return
    if (path === used) continue
    await rm(path, { recursive: true, force: true })
    total -= bytes
  }
}

/** Another run may have just removed it. */
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** One that another run has just removed takes no room. */
async function cachedModel(path: string): Promise<CachedModel> {
  const time = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  return { path, bytes: await diskBytes(path), time }
}
