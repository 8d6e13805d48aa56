import { readdir, stat, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { buildFolderAtomic } from '../platform/atomic'
import { exists } from '../platform/files'
import { sha256File } from '../platform/hash'
import { readJsonFile, writeJsonFile } from '../platform/json'
import type { ModelConfig } from './model-config'
import type { TensorInput } from './safetensors-writer'
import { writeSafetensors } from './safetensors-writer'
import { copyTokenizer } from './tokenizer-files'
import { weightFile } from './weights'

export { classifierConfig } from './classifier'

export interface HuggingFaceExport {
  readonly config: ModelConfig
  readonly tensors: Iterable<TensorInput>
  /** Folder whose tokeniser files are copied. */
  readonly tokenizerFolder: string
  /** Longest sequence in tokens that the model was trained on: truncation is part of its answers. */
  readonly maxLength?: number | undefined
  /** Text of README.md. */
  readonly card: string
  /** Writes what else belongs into the folder, before it is verified. */
  readonly more?: ((folder: string) => Promise<void>) | undefined
  /** Called with the finished folder before it gets its name; what it throws ends the export. */
  readonly verify?: ((folder: string) => Promise<void>) | undefined
}

export interface ExportedFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/**
 * Writes a folder that transformers loads as it is: config.json, model.safetensors, the files of
 * the tokeniser, README.md. All or nothing. Throws export.exists when `path` is not free.
 */
export async function writeHuggingFaceFolder(
  path: string,
  content: HuggingFaceExport,
): Promise<readonly ExportedFile[]> {
  await requireFree(path)
  return buildFolderAtomic(
    path,
    async (folder) => {
      await writeFile(join(folder, 'config.json'), `${JSON.stringify(content.config, null, 2)}\n`)
      await writeFile(join(folder, 'README.md'), content.card)
      await copyTokenizer(content.tokenizerFolder, folder)
      if (content.maxLength !== undefined) await limitLength(folder, content.maxLength)
      await writeSafetensors(join(folder, weightFile), content.tensors, { format: 'pt' })
      await content.more?.(folder)
      await content.verify?.(folder)
      return describeFiles(folder)
    },
    'replace',
  )
}

const tokenizerConfig = z.looseObject({})

/** Writes the longest sequence where transformers and our own reader look for it. */
async function limitLength(folder: string, maxLength: number): Promise<void> {
  const path = join(folder, 'tokenizer_config.json')
  const config = (await exists(path))
    ? await readJsonFile(path, tokenizerConfig, 'model.tokenizerInvalid')
    : {}
  await writeJsonFile(path, { ...config, model_max_length: maxLength })
}

async function requireFree(path: string): Promise<void> {
  if (!(await exists(path))) return
  const found = await stat(path)
  if (found.isDirectory() && (await readdir(path)).length === 0) return
  throw new GraftError(
    'export.exists',
    `${path} exists already and is not empty. Choose another folder.`,
    { path },
  )
}

/** Files of the folder and of those in it, with paths relative to it, in the order of their names. */
async function describeFiles(folder: string): Promise<readonly ExportedFile[]> {
  const files: ExportedFile[] = []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((file) => join(file.parentPath, file.name))
  for (const path of paths.sort()) {
    const { size } = await stat(path)
    const name = relative(folder, path).split(sep).join('/')
    files.push({ name, bytes: size, sha256: await sha256File(path) })
  }
  return files
}
