import { rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Model, ModelParameter } from '@shared/domain'
import { downloadModel } from '../formats/hub'
import { openWeights } from '../formats/huggingface'
import { deleteModel, listModels, listRunsOfModel, transaction } from '../store'
import type { Context } from './context'
import { removeContentFolder, requireUnused } from './deletion'
import type { HandlersOf } from './handlers'
import type { JobControl, Jobs } from './jobs'
import { addModelFolder, importModel } from './model-import'
import type { Predictors } from './predictors'
import { requireModel } from './references'
import { modelFolder } from './run-folder'
import { takeIn } from './uploads'
import { isTrained } from './trained-parameters'

export function modelHandlers(
  context: Context,
  jobs: Jobs,
  predictors: Predictors,
): HandlersOf<'models'> {
  const { db, workspace, events } = context
  return {
    'models.list': () => listModels(db),
    'models.get': ({ model }) => requireModel(db, model),
    'models.parameters': async ({ model: reference, train }) => {
      const model = requireModel(db, reference)
      return listParameters(modelFolder(workspace, model.hash), (name) =>
        isTrained(name, train, model.layers),
      )
    },
    'models.import': ({ path, name }) =>
      jobs.start({
        kind: 'model.import',
        title: name ?? basename(path),
        work: (control) =>
          takeIn(workspace, resolve(path), () =>
            importModel(context, resolve(path), name, control),
          ),
      }),
    'models.download': ({ repo, revision, name }) =>
      jobs.start({
        kind: 'model.download',
        title: repo,
        work: (control) => download(context, { repo, revision, name }, control),
      }),
    'models.delete': async ({ model: reference }) => {
      const model = requireModel(db, reference)
      transaction(db, () => {
        requireUnused(`Model "${model.name}"`, listRunsOfModel(db, model.id))
        deleteModel(db, model.id)
      })
      const folder = modelFolder(workspace, model.hash)
      await predictors.release(folder)
      events.publish('models.changed', {})
      return { bytes: await removeContentFolder(folder) }
    },
  }
}

async function listParameters(
  folder: string,
  trained: (name: string) => boolean,
): Promise<readonly ModelParameter[]> {
  const weights = await openWeights(folder)
  try {
    return [...weights.tensors].map(([name, { shape, dtype }]) => ({
      name,
      shape,
      dtype,
      trained: trained(name),
    }))
  } finally {
    await weights.close()
  }
}

/** An interrupted download is continued by the next one; what is complete is not kept twice. */
async function download(
  context: Context,
  request: { readonly repo: string; readonly revision: string; readonly name: string | undefined },
  control: JobControl,
): Promise<Model> {
  const { repo, revision } = request
  const { folder, endpoint } = await downloadModel(
    {
      repo,
      revision,
      signal: control.signal,
      onProgress: ({ file, done, total }) =>
        control.report({ label: `Fetching ${file}`, done, total, unit: 'bytes' }),
    },
    join(context.cacheFolder, 'hub'),
  )
  const model = await addModelFolder(
    context,
    folder,
    {
      name: request.name ?? repo.split('/').at(-1) ?? repo,
      source: { kind: 'hub', endpoint, repo, revision },
    },
    control,
  )
  await rm(folder, { recursive: true, force: true })
  return model
}
