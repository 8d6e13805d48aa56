import { closeSync, openSync, readSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { evaluationBatches } from '../data/batches'
import type { TokenizedRows } from '../data/tokenized'
import { buildFolderAtomic } from '../platform/atomic'
import { exists } from '../platform/files'
import { sha256, sha256File, sha256Json } from '../platform/hash'
import { writeJsonFile } from '../platform/json'

/** What frozen layers make of every token of some rows, kept on disk. */
export interface Activations {
  covers(rows: Int32Array): boolean
  /** Token after token of the rows, as `Session.frozenActivations` gives them. */
  read(rows: Int32Array): Uint8Array
  close(): void
}

export interface ActivationKey {
  readonly modelHash: string
  /** The last so many layers are trained; those below were passed through. */
  readonly trainedLayers: number
  readonly precision: string
  readonly tokens: TokenizedRows
  /** Rows that are kept, ascending. */
  readonly rows: Int32Array
  /** Bytes of a token. */
  readonly width: number
}

export interface ActivationSource {
  /** Bytes of the tokens of some rows, row after row. */
  readonly compute: (rows: Int32Array) => Uint8Array
  /** Awaited with the rows done so far; what it throws ends the work and leaves nothing behind. */
  readonly afterBatch: (rowsDone: number) => Promise<void>
}

const version = 1
const valuesFile = 'values.bin'
const aboutFile = 'about.json'
const aboutSchema = z.object({ bytes: z.int(), sha256: z.string() })

/** Bytes that the activations of these rows take on disk. */
export function activationBytes({ rows, tokens, width }: ActivationKey): number {
  return rows.reduce((sum, row) => sum + (tokens.lengths[row] ?? 0), 0) * width
}

/** Folder in the cache: named by a hash of the model, the depth, the precision and the tokens. */
export function activationFolder(cacheFolder: string, key: ActivationKey): string {
  const { modelHash, trainedLayers, precision, width, tokens, rows } = key
  const content = sha256Json({
    ...{ version, modelHash, trainedLayers, precision, width },
    ids: sha256(tokens.ids),
    starts: sha256(tokens.starts),
    typeIds: sha256(tokens.typeIds),
    rows: sha256(rows),
  })
  return join(cacheFolder, `activations-${content.slice(0, 32)}`)
}

/**
 * Opens the activations of a folder, computing them first where they are not there or damaged: in
 * batches of rows of similar length, always the same ones, so that they are the same bytes each
 * time. Nothing stays in memory but the places of the rows.
 */
export async function openActivations(
  folder: string,
  key: ActivationKey,
  source: ActivationSource,
): Promise<Activations> {
  if (!(await isWhole(folder, activationBytes(key)))) await build(folder, key, source)
  return reader(openSync(join(folder, valuesFile), 'r'), key)
}

/** Whether activations lie there in full, as they were written. */
async function isWhole(folder: string, bytes: number): Promise<boolean> {
  const path = join(folder, aboutFile)
  if (!(await exists(path)) || !(await exists(join(folder, valuesFile)))) return false
  const about = aboutSchema.safeParse(parsed(await readFile(path, 'utf8')))
  if (!about.success || about.data.bytes !== bytes) return false
  return (await sha256File(join(folder, valuesFile))) === about.data.sha256
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

async function build(folder: string, key: ActivationKey, source: ActivationSource): Promise<void> {
  const places = placesOf(key)
  await buildFolderAtomic(
    folder,
    async (building) => {
      const path = join(building, valuesFile)
      const file = await open(path, 'wx')
      try {
        let done = 0
        const lengths = key.rows.map((row) => key.tokens.lengths[row] ?? 0)
        for (const batch of evaluationBatches({ lengths })) {
          const rows = batch.map((at) => key.rows[at] ?? 0)
          const bytes = source.compute(rows)
          let from = 0
          for (const row of rows) {
            const length = (key.tokens.lengths[row] ?? 0) * key.width
            await file.write(bytes, from, length, places.get(row) ?? 0)
            from += length
          }
          done += rows.length
          await source.afterBatch(done)
        }
      } finally {
        await file.close()
      }
      const about = { bytes: activationBytes(key), sha256: await sha256File(path) }
      await writeJsonFile(join(building, aboutFile), about)
    },
    'replace',
  )
}

/** Where each row begins in the file. */
function placesOf({ rows, tokens, width }: ActivationKey): ReadonlyMap<number, number> {
  const places = new Map<number, number>()
  let place = 0
  for (const row of rows) {
    places.set(row, place)
    place += (tokens.lengths[row] ?? 0) * width
  }
  return places
}

function reader(file: number, key: ActivationKey): Activations {
  const places = placesOf(key)
  const bytesIn = (row: number): number => (key.tokens.lengths[row] ?? 0) * key.width
  return {
    covers: (rows) => rows.every((row) => places.has(row)),
    read(rows) {
      const bytes = new Uint8Array(rows.reduce((sum, row) => sum + bytesIn(row), 0))
      let at = 0
      for (const row of rows) {
        const end = at + bytesIn(row)
        const start = places.get(row) ?? 0
        for (let from = at; from < end;) {
          const got = readSync(file, bytes, from, end - from, start + from - at)
          if (got === 0) throw new RangeError(`The activations end before row ${row}.`)
          from += got
        }
        at = end
      }
      return bytes
    },
    close: () => {
      closeSync(file)
    },
  }
}
