import { createHash } from 'node:crypto'
import { copyFile, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelFamily } from '@shared/domain/model'
import { GraftError } from '@shared/errors'
import { buildNamedFolder } from '../platform/atomic'
import { describeFileError, exists } from '../platform/files'
import { sha256File } from '../platform/hash'
import { ownLabels, readModelConfig, type ModelConfig } from './model-config'
import { tokenizerFiles } from './tokenizer-files'
import { openWeights, weightIndex } from './weights'

export { readModelConfig } from './model-config'
export { openWeights } from './weights'

export interface ModelFile {
  readonly name: string
  readonly bytes: number
}

/** What a Hugging Face folder holds. */
export interface ModelFolder {
  readonly folder: string
  readonly config: ModelConfig
  readonly family: ModelFamily
  readonly parameters: number
  readonly hiddenSize: number
  readonly layers: number
  readonly vocabulary: number
  /** Longest sequence in tokens that the positions allow. */
  readonly maxLength: number
  /** Classes of the model's own head, in the order of its outputs; empty for a bare backbone. */
  readonly labels: readonly string[]
  readonly licence: string | null
  /** The files that belong to the model, by name. */
  readonly files: readonly ModelFile[]
}

const families: readonly ModelFamily[] = ['bert', 'distilbert', 'roberta']
const knownFiles = [
  'config.json',
  'generation_config.json',
  weightIndex,
  ...tokenizerFiles,
  'README.md',
  'LICENSE',
]
/**
 * Reads and checks a model folder in the Hugging Face layout, all but the values of the weights.
 *
 * Throws model.configMissing, model.configInvalid (naming the field), model.familyUnsupported,
 * model.weightsMissing, model.pickleRefused, model.tokenizerMissing, the safetensors codes.
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const config = await readModelConfig(folder)
  const family = familyOf(config, folder)
  const weights = await openWeights(folder)
  let parameters = 0
  for (const { shape } of weights.tensors.values()) {
    parameters += shape.reduce((product, size) => product * size, 1)
  }
  await weights.close()
  const names = new Set([...knownFiles, ...weights.files])
  const files = await listFiles(folder, names)
  if (!files.some(({ name }) => name === 'tokenizer.json' || name === 'vocab.txt')) {
    throw new GraftError(
      'model.tokenizerMissing',
      `${folder} has no tokenizer.json and no vocab.txt. Copy the tokeniser's files of the model into it.`,
      { folder },
    )
  }
  const need = (name: string, value: number | undefined): number => {
    if (value !== undefined) return value
    throw new GraftError('model.configInvalid', `${join(folder, 'config.json')} has no ${name}.`, {
      folder,
      field: name,
    })
  }
  return {
    folder,
    config,
    family,
    parameters,
    hiddenSize: need('hidden_size', config.hidden_size ?? config.dim),
    layers: need('num_hidden_layers', config.num_hidden_layers ?? config.n_layers),
    vocabulary: need('vocab_size', config.vocab_size),
    maxLength: longestSequence(
      family,
      need('max_position_embeddings', config.max_position_embeddings),
    ),
    labels: ownLabels(config),
    licence: await readLicence(join(folder, 'README.md')),
    files,
  }
}

function familyOf(config: ModelConfig, folder: string): ModelFamily {
  const found = families.find((family) => family === config.model_type)
  if (found !== undefined) return found
  throw new GraftError(
    'model.familyUnsupported',
    `${folder} is a model of the kind "${config.model_type}". Supported are ${families.join(', ')}.`,
    { folder, modelType: config.model_type },
  )
}

/** RoBERTa counts positions from 2, so two of them are never used. */
const longestSequence = (family: ModelFamily, positions: number): number =>
  family === 'roberta' ? positions - 2 : positions

async function listFiles(folder: string, names: ReadonlySet<string>): Promise<ModelFile[]> {
  const files: ModelFile[] = []
  for (const name of (await readdir(folder)).sort()) {
    if (!names.has(name)) continue
    const found = await stat(join(folder, name))
    if (found.isFile()) files.push({ name, bytes: found.size })
  }
  return files
}

/** The licence in the front matter of a model card. */
async function readLicence(path: string): Promise<string | null> {
  if (!(await exists(path))) return null
  const text = await readFile(path, 'utf8')
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? ''
  return /^license:\s*["']?([^"'\r\n]+?)["']?\s*$/m.exec(front)?.[1] ?? null
}

export interface ImportOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes of the model's files. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface ImportedModel extends ModelFolder {
  /** Name of the folder: a hash of every file that belongs to the model. */
  readonly hash: string
  readonly bytes: number
}

/**
 * Copies a model folder into `parent`, under the hash of its content; links are followed, and
 * only the files that belong to a model are taken. What was imported before is kept.
 */
export async function importModelFolder(
  source: string,
  parent: string,
  options: ImportOptions = {},
): Promise<ImportedModel> {
  const found = await readModelFolder(source)
  const total = found.files.reduce((sum, { bytes }) => sum + bytes, 0)
  const { path, result } = await buildNamedFolder(parent, async (folder) => {
    const hash = createHash('sha256')
    let done = 0
    for (const { name, bytes } of found.files) {
      if (options.signal?.aborted) throw new GraftError('cancelled', 'The import was cancelled.')
      const target = join(folder, name)
      await copyFile(join(source, name), target).catch((error: unknown) => {
        throw describeFileError(error, join(source, name))
      })
      hash.update(`${name} ${await sha256File(target, options.signal)}\n`)
      done += bytes
      options.onProgress?.(done, total)
    }
    await readModelFolder(folder)
    const name = hash.digest('hex').slice(0, 32)
    return { name, result: name }
  })
  return { ...found, folder: path, hash: result, bytes: total }
}
