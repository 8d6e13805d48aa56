import { basename, join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { exists } from '../platform/files'
import { readJsonFile } from '../platform/json'
import type { SafetensorsFile } from './safetensors'
import { openSafetensors } from './safetensors'
import type { Tensor, TensorInfo } from './safetensors-types'

export const weightFile = 'model.safetensors'
export const weightIndex = 'model.safetensors.index.json'

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) })

/** The parameters of a model folder, in one file or in several. */
export interface Weights {
  readonly tensors: ReadonlyMap<string, TensorInfo>
  /** Names of the files, without their folder. */
  readonly files: readonly string[]
  read(name: string): Promise<Tensor>
  readFloat32(name: string): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * Opens `model.safetensors`, or the files that `model.safetensors.index.json` names.
 *
 * Throws model.weightsMissing, model.pickleRefused when there is only a pickled checkpoint,
 * model.weightsMismatch when index and files disagree, and the safetensors codes.
 */
export async function openWeights(folder: string): Promise<Weights> {
  const single = join(folder, weightFile)
  if (await exists(single)) return joinFiles([await openSafetensors(single)])
  const index = join(folder, weightIndex)
  if (await exists(index)) return openShards(folder, index)
  return refuseWithoutWeights(folder)
}

async function refuseWithoutWeights(folder: string): Promise<never> {
  for (const name of [
    'pytorch_model.bin',
    'pytorch_model.bin.index.json',
    'model.pt',
    'model.pth',
  ]) {
    if (!(await exists(join(folder, name)))) continue
    throw new GraftError(
      'model.pickleRefused',
      `${folder} has its weights only in ${name}, a pickled file: to read one is to run the program inside it. Ask for the model in safetensors, or convert it where you trust it.`,
      { folder, file: name },
    )
  }
  throw new GraftError(
    'model.weightsMissing',
    `${folder} has no ${weightFile} and no ${weightIndex}.`,
    { folder },
  )
}

/** Which file of its folder holds each tensor, as an index of several weight files says. */
export interface WeightIndex {
  readonly fileOf: Readonly<Record<string, string>>
  /** Names of the files, each once, in order. */
  readonly files: readonly string[]
}

/**
 * Reads `model.safetensors.index.json`. Throws model.configInvalid, and archive.unsafePath where
 * it names anything but safetensors files beside it.
 */
export async function readWeightIndex(index: string): Promise<WeightIndex> {
  const { weight_map: fileOf } = await readJsonFile(index, indexSchema, 'model.configInvalid')
  const names = [...new Set(Object.values(fileOf))].sort()
  for (const name of names) {
    if (basename(name) !== name || name === '..' || !name.endsWith('.safetensors')) {
      throw new GraftError(
        'archive.unsafePath',
        `${index} names ${JSON.stringify(name)}, which is no safetensors file of its folder.`,
        { index, name },
      )
    }
  }
  return { fileOf, files: names }
}

async function openShards(folder: string, index: string): Promise<Weights> {
  const { fileOf, files: names } = await readWeightIndex(index)
  const files: SafetensorsFile[] = []
  try {
    for (const name of names) files.push(await openShard(folder, name))
    const weights = joinFiles(files)
    checkIndex(index, fileOf, weights, files)
    return weights
  } catch (error) {
    for (const file of files) await file.close()
    throw error
  }
}

async function openShard(folder: string, name: string): Promise<SafetensorsFile> {
  const path = join(folder, name)
  if (await exists(path)) return openSafetensors(path)
  throw new GraftError('model.weightsMissing', `${folder} has no ${name}, which its index names.`, {
    folder,
    file: name,
  })
}

function checkIndex(
  index: string,
  fileOf: WeightIndex['fileOf'],
  weights: Weights,
  files: readonly SafetensorsFile[],
): void {
  const disagree = (name: string): never => {
    throw new GraftError(
      'model.weightsMismatch',
      `${index} and the files beside it disagree about the tensor "${name}".`,
      { index, tensor: name },
    )
  }
  for (const [name, file] of Object.entries(fileOf)) {
    const holder = files.find(({ path }) => basename(path) === file)
    if (holder?.tensors.has(name) !== true) disagree(name)
  }
  for (const name of weights.tensors.keys()) if (!Object.hasOwn(fileOf, name)) disagree(name)
}

function joinFiles(files: readonly SafetensorsFile[]): Weights {
  const tensors = new Map<string, TensorInfo>()
  const holders = new Map<string, SafetensorsFile>()
  for (const file of files) {
    for (const [name, info] of file.tensors) {
      if (holders.has(name)) {
        throw new GraftError(
          'safetensors.duplicate',
          `The tensor "${name}" is in ${file.path} and in another file of its folder.`,
          { tensor: name },
        )
      }
      holders.set(name, file)
      tensors.set(name, info)
    }
  }
  const holder = (name: string): SafetensorsFile => {
    const file = holders.get(name)
    if (file !== undefined) return file
    const where = files.map(({ path }) => path).join(', ')
    throw new GraftError('model.weightsMissing', `${where} has no tensor "${name}".`, {
      tensor: name,
    })
  }
  return {
    tensors,
    files: files.map(({ path }) => basename(path)),
    read: async (name) => holder(name).read(name),
    readFloat32: async (name) => holder(name).readFloat32(name),
    close: async () => {
      for (const file of files) await file.close()
    },
  }
}
