import { dirname } from 'node:path'
import type { z } from 'zod'
import { GraftError } from '@shared/errors'
import { withSafetensors, writeSafetensors } from '../formats/safetensors'
import { exists } from '../platform/files'
import { sha256, sha256Json } from '../platform/hash'
import { readJsonFile } from '../platform/json'
import { arraysOf, toTensorInputs, type NamedArray } from './arrays'
import { keepModel } from './model-cache'

/*
 * What trainings came to, in files of the cache. Nothing depends on these: one that is damaged is as one
 * that is missing, and one that cannot be written is done without.
 */

/** Weights, and the run that put them into the cache; undefined: they were just computed. */
export interface KeptWeights {
  readonly weights: readonly NamedArray[]
  readonly by: string | undefined
}

/** Who asks for something of the cache, and is told what could not be kept. */
export interface Keeper {
  readonly run: string
  readonly log: (sentence: string) => void
}

/** Weights from a file of the cache, or computed and put there. */
export async function keptWeights(
  path: string,
  { run, log }: Keeper,
  compute: () => Promise<readonly NamedArray[]>,
): Promise<KeptWeights> {
  const kept = await readKept(path, () => readWeights(path))
  if (kept !== undefined) return kept
  const weights = await compute()
  await keep(path, log, () => {
    const metadata = { format: 'pt', run, sha256: hashOfWeights(weights) }
    return writeSafetensors(path, toTensorInputs(weights), metadata)
  })
  return { weights, by: undefined }
}

/** A record of the cache; undefined: there is none that can be read. */
export const keptRecord = <Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> => readKept(path, () => readJsonFile(path, schema))

/** Writes a file of the cache; where that is not possible, it is said. */
export async function keep(
  path: string,
  log: (sentence: string) => void,
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write()
    await keepModel(dirname(path), path)
  } catch (error) {
    if (!isOfFiles(error)) throw error
    log(`Not kept for other runs: ${error.message}`)
  }
}

const isOfFiles = (error: unknown): error is Error =>
  error instanceof GraftError || (error instanceof Error && 'syscall' in error)

/** Of names, shapes and numbers, in whatever order the arrays are. */
export const hashOfWeights = (weights: readonly NamedArray[]): string =>
  sha256Json(
    Object.fromEntries(
      weights.map(({ name, shape, data }) => [name, { shape, data: sha256(data) }]),
    ),
  )

const readWeights = (path: string): Promise<KeptWeights | undefined> =>
  withSafetensors(path, async (file) => {
    const weights = await arraysOf(file)
    const { run: by = '', sha256: hash } = file.metadata
    return hashOfWeights(weights) === hash ? { weights, by } : undefined
  })

/** Noted as used before it is read, so that no other run removes it meanwhile. */
async function readKept<Kept>(
  path: string,
  read: () => Promise<Kept | undefined>,
): Promise<Kept | undefined> {
  if (!(await exists(path))) return undefined
  await keepModel(dirname(path), path)
  try {
    return await read()
  } catch (error) {
    if (error instanceof GraftError && /^(safetensors|file|data)\./.test(error.code)) {
      return undefined
    }
    throw error
  }
}
