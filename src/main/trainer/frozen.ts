import type { Session } from '../nn/session'
import { freeBytes, requireFreeBytes } from '../platform/disk'
import { exists } from '../platform/files'
import {
  activationBytes,
  activationFolder,
  openActivations,
  type ActivationKey,
  type Activations,
} from './activations'
import type { NamedArray } from './arrays'
import type { TraineeParts } from './setup'

/** Activations may take this many bytes, and this share of what the disk has left. */
const most = 64e9
const shareOfFree = 0.5

const choiceName = 'frozenActivations'

/** Whether activations are kept, as a checkpoint remembers it. */
export const choiceState = (kept: boolean): NamedArray => ({
  name: choiceName,
  shape: [1],
  data: Float32Array.of(kept ? 1 : 0),
})

/**
 * The activations of the layers below the first trained one, where it pays to keep them: the run
 * goes over its rows more than once and the disk has room. A run stays with what it began with,
 * since kept activations may differ from those of a batch in their last bits: throws disk.full
 * where one that began with them finds no room any more.
 */
export async function frozenActivations(
  parts: TraineeParts,
  session: Session,
  compute: (rows: Int32Array) => Uint8Array,
): Promise<Activations | undefined> {
  const key = keyOf(parts, session)
  if (key === undefined) return undefined
  const folder = activationFolder(parts.folder.cacheFolder, key)
  const bytes = activationBytes(key)
  const before = parts.kept?.optimizer.find(({ name }) => name === choiceName)?.data[0]
  if (!(await exists(folder))) {
    if (before === 1) await requireFreeBytes(folder, bytes, 'Going on with kept activations')
    else if (before === 0 || !(await pays(parts, folder, bytes))) return undefined
  } else if (before === 0) return undefined
  return openAndTell(parts, folder, key, compute)
}

function keyOf(parts: TraineeParts, session: Session): ActivationKey | undefined {
  const { recipe, modelHash } = parts.folder.manifest
  if (!recipe.cacheFrozen || typeof recipe.train === 'string') return undefined
  if (session.frozenBytes === 0) return undefined
  const { train, validation } = parts.data.parts
  return {
    modelHash,
    trainedLayers: recipe.train.lastLayers,
    precision: parts.precision,
    tokens: parts.data.tokens,
    rows: Int32Array.from([...train, ...validation]).sort(),
    width: session.frozenBytes,
  }
}

async function pays(parts: TraineeParts, folder: string, bytes: number): Promise<boolean> {
  if (parts.epochs <= 1) return false
  const allowed = Math.min(most, (await freeBytes(folder)) * shareOfFree)
  if (bytes <= allowed) return true
  parts.log(
    'warning',
    `The frozen layers are computed anew in every epoch: keeping their activations needs ${size(bytes)} at ${parts.folder.cacheFolder}, where ${size(allowed)} may be used for it.`,
  )
  return false
}

async function openAndTell(
  parts: TraineeParts,
  folder: string,
  key: ActivationKey,
  compute: (rows: Int32Array) => Uint8Array,
): Promise<Activations> {
  const started = performance.now()
  let computed = 0
  const activations = await openActivations(folder, key, {
    compute: (rows) => {
      computed += rows.length
      return compute(rows)
    },
    afterBatch: parts.whileComputing,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const how = computed > 0 ? `were computed once, in ${seconds} s` : 'had been computed before'
  parts.log(
    'info',
    `The frozen layers ${how}: ${size(activationBytes(key))} of activations of ${key.rows.length} rows are read from disk in every epoch.`,
  )
  return activations
}

const size = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
