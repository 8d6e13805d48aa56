import { join } from 'node:path'
import { GraftError } from '@shared/errors'
import type { TokenizedRows } from '../data/tokenized'
import { withSafetensors, writeSafetensors } from '../formats/safetensors'
import { exists } from '../platform/files'
import { sha256, sha256Json } from '../platform/hash'
import { computeRows } from './compute-rows'

/** What the frozen part of a model makes of every row: [rows, width], in the order of the rows. */
export interface Features {
  readonly width: number
  readonly values: Float32Array
}

/** All that features depend on; any change is another file of the cache. */
export interface FeatureKey {
  readonly modelHash: string
  readonly pooling: string
  readonly precision: string
  readonly tokens: TokenizedRows
}

const version = 1
const tensor = 'features'

/** Name of the cache file: a hash of the model, of the tokens and of how they are pooled. */
export function featureFile(cacheFolder: string, key: FeatureKey): string {
  const { modelHash, pooling, precision, tokens } = key
  const content = sha256Json({
    version,
    modelHash,
    pooling,
    precision,
    ids: sha256(tokens.ids),
    starts: sha256(tokens.starts),
    typeIds: sha256(tokens.typeIds),
  })
  return join(cacheFolder, `features-${content.slice(0, 32)}.safetensors`)
}

/**
 * Features of every row, from the cache (null: none) or by `compute` ([rows, width] for positions of rows), in
 * batches of rows of similar length. A cache file that cannot be read is made anew. `afterBatch`
 * is awaited with the rows done so far.
 */
export async function frozenFeatures(
  path: string | null,
  lengths: Int32Array,
  width: number,
  compute: (rows: Int32Array) => Float32Array,
  afterBatch: (rowsDone: number) => Promise<void>,
): Promise<Features> {
  const kept = path === null ? undefined : await readFeatures(path, lengths.length, width)
  if (kept !== undefined) return kept
  const values = await computeRows(lengths, width, compute, afterBatch)
  if (path === null) return { width, values }
  await writeSafetensors(
    path,
    [{ name: tensor, dtype: 'F32', shape: [lengths.length, width], data: values }],
    { sha256: sha256(values) },
  )
  return { width, values }
}

async function readFeatures(
  path: string,
  rows: number,
  width: number,
): Promise<Features | undefined> {
  if (!(await exists(path))) return undefined
  try {
    return await withSafetensors(path, async (file) => {
      const shape = file.tensors.get(tensor)?.shape ?? []
      if (shape[0] !== rows || shape[1] !== width) return undefined
      const values = await file.readFloat32(tensor)
      return sha256(values) === file.metadata['sha256'] ? { width, values } : undefined
    })
  } catch (error) {
    if (error instanceof GraftError && error.code.startsWith('safetensors.')) return undefined
    throw error
  }
}

/** Features of some rows, side by side: [rows, width]. */
export function gatherFeatures(features: Features, rows: Int32Array): Float32Array {
  const { width, values } = features
  const gathered = new Float32Array(rows.length * width)
  rows.forEach((row, index) => {
    gathered.set(values.subarray(row * width, (row + 1) * width), index * width)
  })
  return gathered
}
