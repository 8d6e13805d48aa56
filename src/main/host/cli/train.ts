import { z } from 'zod'
import { isStepless, type Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { counted } from '../../platform/counted'
import type { Act, Register } from './command'
import { count, positive, wholeNumber } from './command'
import { addDataset, columnOptions, dataFiles, rolesOf } from './datasets'
import { describeRun, followRun } from './follow'
import { formatMetric, formatSeconds } from './format'
import { resolveModel } from './models'
import { resolvePack } from './pack-source'
import { parseRecipe, readRecipe, withLines } from './recipe-file'
import type { Session } from './session'
import type { RecipeDraft } from './set'
import { setInRecipe } from './set'
import { formatFacts } from './table'
import { keepTaken } from './taken'

export const trainOptions = z.object({
  model: z.string().optional(),
  train: z.string().optional(),
  validation: z.string().optional(),
  test: z.string().optional(),
  dataset: z.string().optional(),
  ...columnOptions,
  epochs: positive.optional(),
  batch: count.optional(),
  lr: positive.optional(),
  maxLength: count.optional(),
  maxSteps: count.optional(),
  freeze: z.boolean().optional(),
  seed: wholeNumber.optional(),
  pack: z.string().optional(),
  knowledge: z.enum(['auto', 'none'], 'expected auto or none').optional(),
  set: z.array(z.string()).default([]),
  project: z.string().default('Command line'),
  name: z.string().optional(),
  tag: z.array(z.string()).default([]),
})

export type TrainOptions = z.output<typeof trainOptions>

export const collect = (
  value: string,
  before: readonly string[] | undefined,
): readonly string[] => [...(before ?? []), value]

export const registerTrain: Register = (program, act) => {
  program
    .command('train')
    .argument('[recipe]', 'a recipe as YAML; without it --model and --train (or --dataset)')
    .description('fine-tune a model; Ctrl-C pauses the run with a checkpoint')
    .option('--model <model>', 'name or id in the library, a folder, or all-MiniLM-L6-v2')
    .option('--train <file>', 'training rows: CSV, TSV or JSONL')
    .option('--validation <file>', 'validation rows; by default a share of the training rows')
    .option('--test <file>', 'test rows; by default a share of the rows')
    .option('--dataset <dataset>', 'a dataset of the workspace instead of files')
    .option('--text <column>', 'column of the text')
    .option('--pair <column>', 'column of a second text')
    .option('--label <column>', 'column of the label')
    .option('--cut <points>', 'cut points that make classes of a numeric label')
    .option('--cut-names <names>', 'names of the classes between the cut points')
    .option('--epochs <number>', 'passes over the training rows (2)')
    .option('--batch <rows>', 'rows of a step (32)')
    .option('--lr <rate>', 'learning rate (5e-5)')
    .option('--max-length <tokens>', 'longest sequence; longer rows are cut (128)')
    .option('--max-steps <steps>', 'end after so many steps')
    .option('--freeze', 'train only the new head')
    .option('--seed <number>', 'seed of split, head and dropout (0)')
    .option('--pack <pack>', 'knowledge pack of the workspace, or a folder or zip file of one')
    .option(
      '--knowledge <use>',
      'auto: the best way to use the pack is found; none: it is left out',
    )
    .option('--set <path=value>', 'any field of the recipe; may be repeated', collect)
    .option('--project <name>', 'project of the run ("Command line")')
    .option('--name <name>', 'name of the run')
    .option('--tag <tag>', 'tag of the run; may be repeated', collect)
    .action(train(act))
}

const train = (act: Act): ReturnType<Act> =>
  act(trainOptions, async (session, options, [file]) => {
    const recipe = await recipeOf(session, file, options)
    const project = await projectNamed(session, options.project)
    const run = await followRun(session, async (engine) => {
      const created = await engine
        .call('runs.create', {
          project,
          recipe: { ...recipe },
          tags: options.tag,
          ...(options.name !== undefined && { name: options.name }),
        })
        .catch(async (error: unknown) => {
          throw file === undefined ? error : await withLines(engine, file, error)
        })
      keepTaken(session)
      const { number, name, modelName, datasetName } = created
      session.output.lines(`Run #${number} ${name}: ${modelName} on ${datasetName}`)
      return created
    })
    session.output.lines(...summary(run))
    session.output.result(describeRun(run))
  })

/** The lines that end a run for a person. */
export function summary(run: Run): readonly string[] {
  const metrics = Object.entries(run.metrics).sort(([a], [b]) => (a < b ? -1 : 1))
  const rate = run.samplesPerSecond === null ? '' : `, ${run.samplesPerSecond.toFixed(1)} samples/s`
  return [
    `Run #${run.number} ${run.state.kind}: ${stepsText(run)} in ${formatSeconds(run.seconds)}${rate}`,
    ...formatFacts(metrics.map(([name, value]) => [`  ${name}`, formatMetric(value)])),
    `Predict: graftbench predict --run ${run.number} --input FILE --output FILE`,
    `Export:  graftbench export --run ${run.number} --format hf --output DIR`,
  ]
}

const stepsText = (run: Run): string =>
  isStepless(run) ? 'weights found in its trials' : counted(run.steps, 'step')

/** The recipe of a file, changed by flags, or that of flags alone; rows, model and pack are added. */
export async function recipeOf(
  session: Session,
  file: string | undefined,
  options: TrainOptions,
): Promise<RecipeDraft> {
  const draft =
    file === undefined
      ? await recipeOfOptions(session, options)
      : await recipeOfFile(session, file, options)
  return options.set.reduce(setInRecipe, await withKnowledge(session, draft, options))
}

async function recipeOfFile(
  session: Session,
  file: string,
  options: TrainOptions,
): Promise<RecipeDraft> {
  const draft = parseRecipe(await readRecipe(file), file)
  const model = options.model ?? draft['model']
  const resolved = typeof model === 'string' ? { model: await resolveModel(session, model) } : {}
  const data = await dataOf(session, options)
  return mergeOptions({ ...draft, ...resolved }, options, data)
}

async function recipeOfOptions(session: Session, options: TrainOptions): Promise<RecipeDraft> {
  if (options.model === undefined) {
    throw new GraftError('input.invalid', 'Name a model with --model, or give a recipe.')
  }
  if (options.train === undefined && options.dataset === undefined) {
    throw new GraftError('input.invalid', 'Name rows with --train FILE or --dataset NAME.')
  }
  // Rows first: a mistake in them is found in a moment, a model may have to be fetched.
  const data = await dataOf(session, options)
  const model = await resolveModel(session, options.model)
  return mergeOptions({ model }, options, data)
}

interface DataChoice {
  readonly id: string
  readonly name: string
}

async function dataOf(session: Session, options: TrainOptions): Promise<DataChoice | null> {
  const { train: file, test, validation, dataset } = options
  if (file !== undefined) {
    const files = dataFiles(file, test, validation)
    return addDataset(session, { files, roles: rolesOf(options) })
  }
  if (test !== undefined || validation !== undefined) {
    throw new GraftError('input.invalid', '--test and --validation need --train.')
  }
  if (dataset === undefined) return null
  return (await session.engine()).call('datasets.get', { dataset })
}

/** The flags of `train` as fields of a recipe; only those that were given. */
function mergeOptions(
  draft: RecipeDraft,
  options: TrainOptions,
  data: DataChoice | null,
): RecipeDraft {
  const { epochs, batch, lr, maxLength, maxSteps, freeze, seed } = options
  const named = { name: options.name ?? draft['name'] ?? data?.name ?? 'Untitled' }
  const fields: readonly (readonly [path: string, value: unknown])[] = [
    ['data.dataset', data?.id],
    ['data.maxLength', maxLength],
    ['epochs', epochs],
    ['maxSteps', maxSteps],
    ['batch.size', batch],
    ['optimizer.learningRate', lr],
    ['train', freeze === true ? 'head' : undefined],
    ['seeds.data', seed],
    ['seeds.init', seed],
    ['seeds.dropout', seed],
  ]
  return fields.reduce<RecipeDraft>(
    (recipe, [path, value]) =>
      value === undefined ? recipe : setInRecipe(recipe, `${path}=${JSON.stringify(value)}`),
    { ...draft, ...named },
  )
}

/** --pack and --knowledge as fields of a recipe; what a recipe says of its pack otherwise stays. */
async function withKnowledge(
  session: Session,
  draft: RecipeDraft,
  { pack, knowledge }: TrainOptions,
): Promise<RecipeDraft> {
  if (knowledge === 'none') return { ...draft, knowledge: null }
  const stated = z.record(z.string(), z.unknown()).safeParse(draft['knowledge']).data
  if (pack === undefined && stated === undefined) {
    if (knowledge === undefined) return draft
    throw new GraftError('input.invalid', '--knowledge auto needs a pack: name it with --pack.')
  }
  const named = pack === undefined ? {} : { pack: await resolvePack(session, pack) }
  const chosen = knowledge === 'auto' ? { training: 'auto', prediction: 'auto' } : {}
  return { ...draft, knowledge: { ...stated, ...named, ...chosen } }
}

/** The id of a project; it is made when there is none of that name. */
export async function projectNamed(session: Session, name: string): Promise<string> {
  const engine = await session.engine()
  try {
    return (await engine.call('projects.get', { project: name })).id
  } catch (error) {
    if (!(error instanceof GraftError) || error.code !== 'notFound') throw error
    return (await engine.call('projects.create', { name })).id
  }
}
