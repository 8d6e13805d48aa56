import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { diskBytes } from '../platform/disk'

/** Whole models in the cache take so much room at most. */
const mostBytes = 6 * 2 ** 30

interface CachedModel {
  readonly path: string
  readonly bytes: number
  readonly time: number
}

/** What names a model in the cache. */
const isModel = (name: string): boolean => /^(lesson|weak|pretrained|vocabulary)-/.test(name)

/**
 * Notes that a model of the cache was used, and removes those that were not used for longest where
 * all of them take too much room. Each can be computed again.
 */
export async function keepModel(
  cacheFolder: string,
  used: string,
  most: number = mostBytes,
): Promise<void> {
  const now = new Date()
  await utimes(used, now, now)
  const models = await Promise.all(
    (await readdir(cacheFolder))
      .filter(isModel)
      .map((name) => cachedModel(join(cacheFolder, name))),
  )
  let total = models.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { path, bytes } of models.toSorted((a, b) => a.time - b.time)) {
    if (total <= most) return
    if (path === used) continue
    await rm(path, { recursive: true, force: true })
    total -= bytes
  }
}

/** One that another run has just removed takes no room. */
async function cachedModel(path: string): Promise<CachedModel> {
  const time = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  return { path, bytes: await diskBytes(path), time }
}
