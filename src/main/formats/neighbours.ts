import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { writeFileAtomic } from '../platform/atomic'
import { exists } from '../platform/files'
import { withSafetensors, writeSafetensors } from './safetensors'

/** Names of the files in a `knowledge` folder. */
const keysFile = 'neighbours.safetensors'
const rowsFile = 'neighbours.jsonl'
const keysName = 'keys'

const rowSchema = z.object({ id: z.string(), text: z.string(), labels: z.array(z.string()) })

/** Labelled rows in a model's own space: `keys` [rows, width], and who they are. */
export interface NeighbourFiles {
  readonly keys: Float32Array
  readonly width: number
  readonly rows: readonly z.output<typeof rowSchema>[]
}

/** Writes `neighbours.safetensors` (tensor `keys`) and `neighbours.jsonl` (one object a key). */
export async function writeNeighbours(folder: string, store: NeighbourFiles): Promise<void> {
  const { keys, width, rows } = store
  await writeSafetensors(join(folder, keysFile), [
    { name: keysName, dtype: 'F32', shape: [rows.length, width], data: keys },
  ])
  const lines = rows.map((row) => JSON.stringify(row))
  await writeFileAtomic(join(folder, rowsFile), lines.map((line) => `${line}\n`).join(''))
}

/** The neighbours of a folder; null where it has none. Throws the codes of safetensors, data.format. */
export async function readNeighbours(folder: string): Promise<NeighbourFiles | null> {
  if (!(await exists(join(folder, keysFile)))) return null
  const path = join(folder, rowsFile)
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  const rows = lines.map((line, index) => parseRow(line, path, index + 1))
  return withSafetensors(join(folder, keysFile), async (file) => {
    const keys = await file.readFloat32(keysName)
    const width = file.tensors.get(keysName)?.shape[1] ?? 0
    if (keys.length === width * rows.length) return { keys, width, rows }
    throw new GraftError(
      'data.format',
      `${path} has ${rows.length} rows, but ${keysFile} has ${keys.length} numbers of width ${width}. Export the run anew.`,
      { path },
    )
  })
}

function parseRow(line: string, path: string, number: number): z.output<typeof rowSchema> {
  try {
    return rowSchema.parse(JSON.parse(line))
  } catch (error) {
    throw new GraftError(
      'data.format',
      `${path}, line ${number} is damaged. Export the run anew.`,
      { path, line: number },
      { cause: error },
    )
  }
}
