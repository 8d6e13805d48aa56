import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type {
  Dataset,
  Histogram,
  Model,
  PackId,
  Part,
  Recipe,
  Run,
  RunEstimate,
} from '@shared/domain'
import { choosesItself, labelledRows, settledFile, settledSchema } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { exists } from '../platform/files'
import { readJsonFile } from '../platform/json'
import { listRunsOfModel } from '../store'
import type { Context } from './context'
import type { ResolvedRecipe } from './recipes'
import { runFolder } from './run-folder'
import { trialCost } from './trial-cost'

/** What a run will cost; rows are counted as the trainer will split them. */
export async function estimateRun(
  context: Context,
  resolved: ResolvedRecipe,
): Promise<RunEstimate> {
  const { recipe, model, dataset } = resolved
  const rows = splitCounts(recipe, dataset)
  const tokensPerRow = meanTokens(recipe, dataset)
  const { batch } = recipe
  const rowsPerBatch =
    batch.tokens === null ? batch.size : Math.max(1, Math.floor(batch.tokens / tokensPerRow))
  const rowsPerStep = rowsPerBatch * batch.accumulate
  const stepsPerEpoch = Math.max(1, Math.ceil(rows.train / rowsPerStep))
  const totalSteps = Math.min(
    recipe.maxSteps ?? Number.POSITIVE_INFINITY,
    Math.ceil(stepsPerEpoch * recipe.epochs),
  )
  const trainable = trainableParameters(recipe, model, dataset)
  const runs = listRunsOfModel(context.db, model.id)
  const rate = rowsPerSecond(runs, resolved, tokensPerRow, trainable)
  const evaluations =
    recipe.evaluation.every === 'epoch'
      ? Math.max(1, totalSteps / stepsPerEpoch)
      : Math.max(1, totalSteps / recipe.evaluation.every)
  const trials = dataset.task === 'single-label' && choosesItself(recipe)
  const same = trials ? await sameTrials(context, runs, resolved, rows.train) : undefined
  const cost = trials ? trialCost(recipe, rows) : { trained: 0, answered: 0, own: null }
  const trained = cost.trained + (cost.own ?? totalSteps * rowsPerStep)
  const evaluated = cost.answered + evaluations * rows.validation + rows.test
  return {
    trainRows: rows.train,
    validationRows: rows.validation,
    testRows: rows.test,
    stepsPerEpoch,
    totalSteps,
    tokensPerStep: Math.round(rowsPerStep * tokensPerRow),
    seconds:
      same?.seconds ??
      startSeconds + trained / rate.rowsPerSecond + evaluated / (3 * rate.rowsPerSecond),
    basis: same === undefined ? rate.basis : 'same-run',
    memoryBytes: memoryBytes(recipe, model, trainable, rowsPerBatch),
    trainableParameters: trainable,
    trials,
  }
}

/** So many runs with the same to do are looked at: of a long ablation most may have reused trials. */
const mostLookedAt = 20

/**
 * The last run that finished, had the same ways to try on as many rows, and did so itself. What it took,
 * with all its attempts and the lessons of a pack that were not in the cache yet, tells more than
 * arithmetic.
 */
async function sameTrials(
  { workspace }: Pick<Context, 'workspace'>,
  runs: readonly Run[],
  { recipe, dataset, pack }: ResolvedRecipe,
  trainRows: number,
): Promise<Run | undefined> {
  const work = workOf(recipe, pack?.id)
  const same = runs.filter(
    (run) =>
      run.state.kind === 'finished' &&
      run.dataset === dataset.id &&
      workOf(run.recipe, run.pack ?? undefined) === work &&
      splitCounts(run.recipe, dataset).train === trainRows,
  )
  for (const run of same.slice(-mostLookedAt).toReversed()) {
    if (await triedItself(join(runFolder(workspace, run.id), settledFile))) return run
  }
  return undefined
}

/** Whether a run did its trials; one that took them from the cache tells nothing, nor does a lost record. */
const triedItself = async (path: string): Promise<boolean> => {
  if (!(await exists(path))) return false
  const settled = await readJsonFile(path, settledSchema.pick({ reusedSteps: true })).catch(
    (error: unknown) => {
      if (error instanceof GraftError) return undefined
      throw error
    },
  )
  return settled?.reusedSteps === 0
}

/**
 * What of a recipe there is to do: all but names of things, the limit that counts rows, whether
 * weights stay, what is done at prediction, and seeds, but for the one that lessons which are listed
 * begin with: others find none of theirs in the cache. A pack that does not teach is none.
 */
function workOf(recipe: Recipe, pack: PackId | undefined): string {
  const { knowledge } = recipe
  const teaching = knowledge?.training === 'none' ? null : knowledge
  return JSON.stringify({
    ...{ ...recipe, name: '', model: '' },
    seeds: Array.isArray(teaching?.training) ? recipe.seeds.data : null,
    data: { ...recipe.data, dataset: '', trainRows: null },
    knowledge: teaching && { ...teaching, pack, prediction: null },
    checkpoint: { ...recipe.checkpoint, keep: '' },
  })
}

/** Loading TensorFlow and the model, compiling nothing. */
const startSeconds = 4

export interface SplitCounts {
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Training rows without a label, or beyond the recipe's limit. */
  readonly unlabelled: number
}

/** Rows of each part that have a label, drawn from the training rows where a part is missing. */
export function splitCounts(recipe: Recipe, dataset: Dataset): SplitCounts {
  const found = (part: Part) => dataset.statistics.parts.find((each) => each.part === part)
  const of = (part: Part): number => {
    const one = found(part)
    return one === undefined ? 0 : labelledRows(dataset, one)
  }
  const all = (found('all')?.rows ?? 0) + (found('train')?.rows ?? 0)
  const total = of('all') + of('train')
  const ownTest = of('test')
  const ownValidation = of('validation')
  const test = ownTest > 0 ? 0 : Math.round(recipe.data.test * total)
  const validation = ownValidation > 0 ? 0 : Math.round(recipe.data.validation * total)
  const left = Math.max(0, total - test - validation)
  const train = Math.min(recipe.data.trainRows ?? left, left)
  return {
    train,
    validation: ownValidation + validation,
    test: ownTest + test,
    unlabelled: left - train + all - total,
  }
}

/** A recipe without a limit on its labelled rows. */
export const onAllRows = (recipe: Recipe): Recipe => ({
  ...recipe,
  data: { ...recipe.data, trainRows: null },
})

/** English text has about so many characters a token of a word-piece vocabulary. */
const charactersPerToken = 4.6

function meanTokens(recipe: Recipe, dataset: Dataset): number {
  const { tokens, characters } = dataset.statistics
  const mean =
    tokens === null ? histogramMean(characters) / charactersPerToken + 2 : histogramMean(tokens)
  return Math.max(4, Math.min(recipe.data.maxLength, mean))
}

function histogramMean({ edges, counts }: Histogram): number {
  let sum = 0
  let rows = 0
  counts.forEach((count, index) => {
    sum += (count * ((edges[index] ?? 0) + (edges[index + 1] ?? 0))) / 2
    rows += count
  })
  return rows === 0 ? 0 : sum / rows
}

/** Parameters of one transformer layer: attention 4h², feed-forward about 8h², biases and norms. */
const layerParameters = (hidden: number): number => 12 * hidden * hidden + 13 * hidden

function trainableParameters(recipe: Recipe, model: Model, dataset: Dataset): number {
  const outputs = dataset.task === 'regression' ? 1 : dataset.labels.length
  const head = (model.hiddenSize + 1) * outputs
  const pooler =
    recipe.head.pooling === 'checkpoint' ? model.hiddenSize * (model.hiddenSize + 1) : 0
  if (recipe.train === 'head') return head
  if (recipe.train === 'all' || recipe.train === 'auto') return model.parameters + head
  return head + pooler + recipe.train.lastLayers * layerParameters(model.hiddenSize)
}

interface Rate {
  readonly rowsPerSecond: number
  readonly basis: RunEstimate['basis']
}

/** Of a core with vector units, in fused multiply-adds of float32, as measured on usual machines. */
const flopsPerCore = 60e9

/** From an earlier run of the same model and part, scaled by tokens; else from arithmetic. */
function rowsPerSecond(
  runs: readonly Run[],
  { recipe, model, dataset }: ResolvedRecipe,
  tokensPerRow: number,
  trainable: number,
): Rate {
  const earlier = runs.filter((run) => run.samplesPerSecond !== null && isComparable(run, recipe))
  const run = earlier.findLast((each) => each.dataset === dataset.id) ?? earlier.at(-1)
  if (run !== undefined && run.samplesPerSecond !== null) {
    const scale =
      run.dataset === dataset.id && run.recipe.data.maxLength === recipe.data.maxLength
        ? 1
        : run.recipe.data.maxLength / recipe.data.maxLength
    return { rowsPerSecond: run.samplesPerSecond * scale, basis: 'earlier-run' }
  }
  const encoder = model.layers * layerParameters(model.hiddenSize)
  const backward = Math.min(trainable, encoder)
  const flops = (2 * encoder + 4 * backward) * tokensPerRow
  return { rowsPerSecond: (flopsPerCore * availableParallelism()) / flops, basis: 'assumed' }
}

/** Fewer steps than this tell of the start of a run, not of its rate. */
const telling = 20

const isComparable = (run: Run, recipe: Recipe): boolean =>
  run.steps >= telling &&
  JSON.stringify(run.recipe.train) === JSON.stringify(recipe.train) &&
  run.recipe.precision === recipe.precision

/** Bytes a parameter takes in optimisers that keep two moments, one moment, or none. */
const momentsOf = { adam: 2, adamw: 2, lamb: 2, lion: 1, momentum: 1, sgd: 0, adafactor: 0.1 }

/** Weights, gradients and moments, the activations of a batch, and TensorFlow itself. */
function memoryBytes(
  recipe: Recipe,
  model: Model,
  trainable: number,
  rowsPerBatch: number,
): number {
  const fixed = 600e6
  const weights = 4 * model.parameters
  const training = 4 * trainable * (1 + momentsOf[recipe.optimizer.name])
  const tokens = rowsPerBatch * recipe.data.maxLength
  const perLayer = tokens * model.hiddenSize * 34 + tokens * recipe.data.maxLength * 5 * 12
  const kept = recipe.train === 'head' ? 2 : model.layers
  return Math.round(fixed + weights + training + kept * perLayer)
}
