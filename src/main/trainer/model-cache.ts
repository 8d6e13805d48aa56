import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeSafetensors } from '../formats/safetensors'
import { diskBytes } from '../platform/disk'
import { exists } from '../platform/files'
import { readArrays, toTensorInputs, type NamedArray } from './arrays'

/** Whole models in the cache take so much room at most. */
const mostBytes = 6 * 2 ** 30

interface CachedModel {
  readonly path: string
  readonly bytes: number
  readonly time: number
}

/** What names a model in the cache, or what trials of one came to. */
const isModel = (name: string): boolean =>
  /^(lesson|weak|pretrained|vocabulary|trained|trials)-/.test(name)

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

/** Weights from a file of the cache, or computed and put there. */
export async function cachedWeights(
  path: string,
  compute: () => Promise<readonly NamedArray[]>,
): Promise<{ readonly weights: readonly NamedArray[]; readonly wasCached: boolean }> {
  const wasCached = await exists(path)
  const weights = wasCached ? await readArrays(path) : await compute()
  if (!wasCached) await writeSafetensors(path, toTensorInputs(weights), { format: 'pt' })
  await keepModel(dirname(path), path)
  return { weights, wasCached }
}
