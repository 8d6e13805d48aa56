import { cp, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErrorCode } from '@shared/errors'
import { isRecord, tinyModel } from './support'

/** Input that cannot be used, and the code that every front has to give for it. */
export interface Spoiled {
  readonly code: ErrorCode
  readonly path: string
  readonly kind: 'rows' | 'model'
}

/** Writes one of each kind. */
export async function writeSpoiled(folder: string): Promise<readonly Spoiled[]> {
  const rows = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, content)
    return path
  }
  const model = async (name: string): Promise<string> => {
    const path = join(folder, name)
    await cp(tinyModel, path, { recursive: true })
    return path
  }
  const truncated = await model('truncated')
  await truncate(join(truncated, 'model.safetensors'), 60_000)
  const untyped = await model('untyped')
  const config: unknown = JSON.parse(await readFile(join(untyped, 'config.json'), 'utf8'))
  const without = { ...(isRecord(config) ? config : {}), model_type: undefined }
  await writeFile(join(untyped, 'config.json'), JSON.stringify(without))
  return [
    { code: 'file.empty', kind: 'rows', path: await rows('empty.csv', '') },
    { code: 'data.noRows', kind: 'rows', path: await rows('header.csv', 'text,label\n') },
    { code: 'file.notFound', kind: 'rows', path: join(folder, 'nothing.csv') },
    { code: 'safetensors.truncated', kind: 'model', path: truncated },
    { code: 'model.configInvalid', kind: 'model', path: untyped },
  ]
}
