import type { Histogram, Part, Recipe, RunEstimate } from '@shared/domain'
import { t } from '../i18n'
import { formatCount, formatNumber, formatParameters, formatPercent } from '../ui/format'
import { smoothingImplication, weightsImplication } from './classes'
import type { FieldPath } from './fields'
import { fact, warning, type Implication, type Situation } from './implication'
import { rateImplication } from './rates'

/** null where a choice has no consequence that can be put in numbers beforehand. */
export function implicationOf(path: FieldPath, situation: Situation): Implication | null {
  const { recipe, estimate, dataset, tokens, bfloat16 } = situation
  switch (path) {
    case 'optimizer.learningRate':
      return rateImplication(recipe)
    case 'data.maxLength':
      return tokens && cutRows(recipe, tokens)
    case 'loss.classWeights':
      return dataset && weightsImplication(recipe, dataset)
    case 'loss.labelSmoothing':
      return dataset && smoothingImplication(recipe, dataset)
    case 'optimizer.beta1':
      return memory(recipe.optimizer.beta1)
    case 'optimizer.beta2':
      return memory(recipe.optimizer.beta2)
    case 'optimizer.momentum':
      return memory(recipe.optimizer.momentum)
    case 'precision':
      return precision(recipe, bfloat16)
    default:
      return estimate && ofEstimate(path, { ...situation, estimate })
  }
}

function ofEstimate(
  path: FieldPath,
  situation: Situation & { readonly estimate: RunEstimate },
): Implication | null {
  const { recipe, estimate, model } = situation
  switch (path) {
    case 'train':
      if (recipe.train === 'auto') return fact(t('recipe.imply.partAuto'))
      return trained(estimate, model?.parameters ?? null)
    case 'data.validation':
      return estimate.validationRows === 0
        ? warning(t('recipe.imply.noValidation'))
        : heldOut(situation, 'validation', estimate.validationRows)
    case 'data.test':
      return estimate.testRows === 0
        ? warning(t('recipe.imply.noTest'))
        : heldOut(situation, 'test', estimate.testRows)
    case 'data.trainRows':
      return fact(t('recipe.imply.trains', { count: estimate.trainRows }))
    case 'epochs':
      return fact(t('unit.steps', { count: estimate.totalSteps }))
    case 'maxSteps':
      return recipe.maxSteps === null ? null : fact(epochsText(estimate))
    case 'batch.size':
      return recipe.batch.tokens === null
        ? fact(batchText(estimate))
        : warning(t('recipe.imply.budgetDecides'))
    case 'batch.tokens':
      return recipe.batch.tokens === null ? null : fact(batchText(estimate))
    case 'batch.accumulate':
      return accumulated(recipe)
    case 'schedule.name':
      return schedule(recipe, estimate)
    case 'schedule.warmup':
      return fact(t('recipe.imply.warmup', { count: warmupSteps(recipe, estimate.totalSteps) }))
    case 'ema':
      return averaged(recipe, estimate)
    case 'evaluation.every':
      return fact(t('recipe.imply.evaluations', { count: evaluations(recipe, estimate) }))
    case 'evaluation.patience':
      return patience(recipe, estimate)
    case 'checkpoint.everySteps':
      return checkpoints(recipe, estimate)
    default:
      return null
  }
}

function trained(estimate: RunEstimate, parameters: number | null): Implication {
  const size = formatParameters(estimate.trainableParameters)
  const share = estimate.trainableParameters / (parameters ?? Number.POSITIVE_INFINITY)
  if (share < 0.001) return fact(t('recipe.imply.trained', { size }))
  return fact(t('recipe.imply.trainedOf', { size, share: formatPercent(Math.min(1, share), 0) }))
}

/** Rows of a part: the dataset's own, or drawn from the training rows. */
function heldOut({ dataset }: Situation, part: Part, rows: number): Implication {
  const own = dataset?.statistics.parts.some((each) => each.part === part && each.rows > 0) ?? false
  return fact(t(own ? 'recipe.imply.ownPart' : 'recipe.imply.held', { count: rows }))
}

const epochsText = (estimate: RunEstimate): string =>
  t('recipe.imply.epochs', {
    steps: estimate.totalSteps,
    epochs: formatNumber(estimate.totalSteps / estimate.stepsPerEpoch, 3),
  })

const batchText = (estimate: RunEstimate): string =>
  t('recipe.imply.batch', {
    steps: estimate.stepsPerEpoch,
    tokens: formatCount(estimate.tokensPerStep),
  })

function accumulated({ batch }: Recipe): Implication | null {
  const { size, accumulate, tokens } = batch
  if (accumulate === 1) return null
  return tokens === null
    ? fact(t('recipe.imply.accumulated', { count: size * accumulate }))
    : fact(t('recipe.imply.accumulatedTokens', { count: tokens * accumulate }))
}

function schedule(
  { schedule: { name }, optimizer }: Recipe,
  { totalSteps }: RunEstimate,
): Implication | null {
  switch (name) {
    case 'constant':
      return fact(t('recipe.imply.constant', { rate: formatNumber(optimizer.learningRate) }))
    case 'linear':
    case 'cosine':
    case 'polynomial':
    case 'one-cycle':
      return fact(
        t('recipe.imply.falls', { rate: formatNumber(optimizer.learningRate), step: totalSteps }),
      )
    case 'inverse-sqrt':
      return null
  }
}

/** Steps of warm-up as the trainer counts them: below 1 a share of all steps, rounded up. */
export const warmupSteps = ({ schedule: { warmup } }: Recipe, totalSteps: number): number =>
  warmup < 1 ? Math.ceil(warmup * totalSteps) : Math.round(warmup)

/** An average with decay β looks back over about 1 / (1 − β) steps. */
const reach = (decay: number): number => Math.round(1 / Math.max(1e-9, 1 - decay))

const memory = (decay: number): Implication | null =>
  decay === 0 || decay === 1 ? null : fact(t('recipe.imply.memory', { count: reach(decay) }))

function averaged({ ema }: Recipe, { totalSteps }: RunEstimate): Implication | null {
  if (ema === null) return null
  const count = reach(ema)
  return count > totalSteps / 2
    ? warning(t('recipe.imply.emaLong', { count, steps: totalSteps }))
    : fact(t('recipe.imply.memory', { count }))
}

export function evaluations({ evaluation }: Recipe, estimate: RunEstimate): number {
  const every = evaluation.every === 'epoch' ? estimate.stepsPerEpoch : evaluation.every
  return Math.max(1, Math.ceil(estimate.totalSteps / every))
}

function patience(recipe: Recipe, estimate: RunEstimate): Implication | null {
  const { patience: allowed, every } = recipe.evaluation
  if (allowed === null) return null
  const total = evaluations(recipe, estimate)
  if (total <= allowed + 1) return warning(t('recipe.imply.patienceIdle', { count: total }))
  const steps = every === 'epoch' ? estimate.stepsPerEpoch : every
  return fact(t('recipe.imply.patience', { step: steps * (allowed + 1) }))
}

function checkpoints({ checkpoint }: Recipe, { totalSteps }: RunEstimate): Implication | null {
  if (checkpoint.everySteps === null) return null
  return fact(
    t('recipe.imply.checkpoints', { count: Math.floor(totalSteps / checkpoint.everySteps) }),
  )
}

function precision({ precision: type }: Recipe, bfloat16: boolean | null): Implication | null {
  switch (type) {
    case 'bfloat16':
      if (bfloat16 === null) return null
      return bfloat16
        ? fact(t('recipe.imply.bfloatKnown'))
        : warning(t('recipe.imply.bfloatUnknown'))
    case 'float32':
      return bfloat16 === true ? fact(t('recipe.imply.bfloatCould')) : null
    case 'float16':
      return bfloat16 === null ? null : warning(t('recipe.imply.float16'))
    case 'auto':
      return fact(t('recipe.imply.auto'))
  }
}

function cutRows(recipe: Recipe, tokens: Histogram): Implication {
  const share = shareAbove(tokens, recipe.data.maxLength)
  if (share === 0) return fact(t('recipe.imply.cutNone'))
  const text = t('recipe.imply.cut', { share: formatPercent(share, share < 0.01 ? 2 : 1) })
  return share > 0.2 ? warning(text) : fact(text)
}

/** The share of values above a limit; within a bar values are taken as evenly spread. */
export function shareAbove({ edges, counts }: Histogram, limit: number): number {
  const total = counts.reduce((sum, each) => sum + each, 0)
  const above = counts.reduce((sum, each, index) => {
    const from = edges[index] ?? 0
    const to = edges[index + 1] ?? from
    if (limit <= from) return sum + each
    if (limit >= to || to === from) return sum
    return sum + (each * (to - limit)) / (to - from)
  }, 0)
  return total === 0 ? 0 : above / total
}
