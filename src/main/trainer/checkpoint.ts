import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GraftError, toErrorPayload } from '@shared/errors'
import { writeSafetensors } from '../formats/safetensors'
import { buildFolderAtomic, removePartials, syncFolder } from '../platform/atomic'
import { describeFileError, exists } from '../platform/files'
import { sha256File } from '../platform/hash'
import { readJsonFile, writeJsonFile } from '../platform/json'
import { readArrays, toTensorInputs, type NamedArray } from './arrays'

/** Everything besides weights and optimiser state that a run needs to go on as if never stopped. */
const checkpointStateSchema = z.object({
  version: z.literal(1),
  /** Of the manifest: a checkpoint of other data, model or recipe is refused. */
  fingerprint: z.string(),
  step: z.int().min(0),
  /** Where the next step begins; follows from `step`, written down for people. */
  epoch: z.number(),
  nextBatch: z.int().min(0),
  precision: z.enum(['float32', 'bfloat16', 'float16']),
  best: z.object({
    metric: z.string(),
    value: z.number().nullable(),
    step: z.int(),
    withoutImprovement: z.int(),
  }),
  /** Metrics of the best evaluation. */
  bestMetrics: z.record(z.string(), z.number()),
  /** Step of the last evaluation on the validation rows. */
  evaluatedStep: z.int(),
  earlyStopped: z.boolean(),
  /** For how long the run was to train: an extended run has another one than its checkpoint. */
  length: z.object({ epochs: z.number(), maxSteps: z.number().nullable() }),
  /** Training time since the run's first start. */
  seconds: z.number(),
  /** Of the training steps alone. */
  stepSeconds: z.number(),
  samples: z.int(),
  /** Sum of row losses and rows of the epoch that is under way. */
  epochLoss: z.object({ sum: z.number(), rows: z.number() }),
  metrics: z.record(z.string(), z.number()),
  versions: z.record(z.string(), z.string()),
})

export type CheckpointState = z.output<typeof checkpointStateSchema>

const filesSchema = z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() }))
const fileSchema = checkpointStateSchema.extend({ files: filesSchema })

export interface LoadedCheckpoint {
  readonly state: CheckpointState
  readonly weights: readonly NamedArray[]
  readonly optimizer: readonly NamedArray[]
  /** Sentences about newer checkpoints that were damaged. */
  readonly warnings: readonly string[]
}

const weightsFile = 'weights.safetensors'
const optimizerFile = 'optimizer.safetensors'
const stateFile = 'state.json'

/** Folders of the checkpoints, newest first. */
const generationsIn = (folder: string) => ({
  next: join(folder, 'last.next'),
  last: join(folder, 'last'),
  previous: join(folder, 'previous'),
})

/**
 * Writes the checkpoint `last` under `folder`. The one before stays as `previous`, and at every
 * instant at least one complete checkpoint lies there. Returns its path and bytes.
 */
export async function saveCheckpoint(
  folder: string,
  state: CheckpointState,
  weights: Iterable<NamedArray>,
  optimizer: Iterable<NamedArray>,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const { next, last } = generationsIn(folder)
  await finishRotation(folder)
  const bytes = await buildFolderAtomic(next, async (building) => {
    const write = (name: string, arrays: Iterable<NamedArray>) =>
      writeSafetensors(join(building, name), toTensorInputs(arrays))
    const files = {
      [weightsFile]: await write(weightsFile, weights),
      [optimizerFile]: await write(optimizerFile, optimizer),
    } satisfies z.output<typeof filesSchema>
    await writeJsonFile(join(building, stateFile), { ...state, files })
    return Object.values(files).reduce((sum, file) => sum + file.bytes, 0)
  })
  await rotate(folder)
  return { path: last, bytes }
}

async function rotate(folder: string): Promise<void> {
  const { next, last, previous } = generationsIn(folder)
  if (await exists(last)) {
    await rm(previous, { recursive: true, force: true })
    await rename(last, previous)
  }
  await rename(next, last)
  await syncFolder(folder)
}

/** A process killed while it renamed left `last.next` complete: it becomes `last`. */
async function finishRotation(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await removePartials(folder)
  if (await exists(generationsIn(folder).next)) await rotate(folder)
}

/**
 * The newest checkpoint that is complete and undamaged, or undefined when there was never one.
 * Throws checkpoint.damaged when none of those that are there can be read, and checkpoint.mismatch
 * when it belongs to another recipe, model or data set.
 */
export async function loadCheckpoint(
  folder: string,
  fingerprint: string,
): Promise<LoadedCheckpoint | undefined> {
  const warnings: string[] = []
  if (!(await exists(folder))) return undefined
  await finishRotation(folder)
  for (const path of Object.values(generationsIn(folder))) {
    if (!(await exists(path))) continue
    try {
      return { ...(await readCheckpoint(path, fingerprint)), warnings }
    } catch (error) {
      const payload = toErrorPayload(describeFileError(error, path))
      if (payload.code === 'checkpoint.mismatch') throw error
      warnings.push(`The checkpoint ${path} is damaged and was left out: ${payload.message}`)
    }
  }
  if (warnings.length === 0) return undefined
  throw new GraftError('checkpoint.damaged', warnings.join(' '), { folder })
}

async function readCheckpoint(
  path: string,
  fingerprint: string,
): Promise<Omit<LoadedCheckpoint, 'warnings'>> {
  const { files, ...state } = await readJsonFile(
    join(path, stateFile),
    fileSchema,
    'checkpoint.damaged',
  )
  if (state.fingerprint !== fingerprint) {
    throw new GraftError(
      'checkpoint.mismatch',
      `${path} was written for another recipe, model or data set. Start a new run instead.`,
      { path },
    )
  }
  for (const name of [weightsFile, optimizerFile]) {
    const expected = files[name]
    const found = await sha256File(join(path, name))
    if (expected === undefined || expected.sha256 !== found) {
      throw new GraftError(
        'checkpoint.damaged',
        `${join(path, name)} has changed since it was written.`,
      )
    }
  }
  return {
    state,
    weights: await readArrays(join(path, weightsFile)),
    optimizer: await readArrays(join(path, optimizerFile)),
  }
}

/** Removes `previous`: a finished run keeps `last` alone, from which it can be extended. */
export async function removeOldCheckpoints(folder: string): Promise<void> {
  await finishRotation(folder)
  await rm(generationsIn(folder).previous, { recursive: true, force: true })
}
