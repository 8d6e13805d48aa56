import type { Histogram, Recipe, RunEstimate } from '@shared/domain'
import { t } from '../i18n'
import { formatCount, formatNumber, formatParameters, formatPercent } from '../ui'
import type { FieldPath } from './fields'

/** What a choice means for this run. */
export interface Implication {
  readonly text: string
  readonly tone: 'fact' | 'warning'
}

export interface Situation {
  readonly recipe: Recipe
  readonly estimate: RunEstimate | null
  /** Lengths of the rows in tokens of the chosen model. */
  readonly tokens: Histogram | null
}

const fact = (text: string): Implication => ({ text, tone: 'fact' })
const warning = (text: string): Implication => ({ text, tone: 'warning' })

/** null where a choice has no consequence that can be put in numbers beforehand. */
export function implicationOf(path: FieldPath, situation: Situation): Implication | null {
  const { recipe, estimate, tokens } = situation
  switch (path) {
    case 'data.maxLength':
      return tokens === null ? null : cutRows(recipe, tokens)
    case 'train':
      return (
        estimate &&
        fact(t('recipe.imply.trained', { size: formatParameters(estimate.trainableParameters) }))
      )
    case 'optimizer.learningRate':
      return learningRate(recipe)
    default:
      return estimate === null ? null : ofEstimate(path, recipe, estimate)
  }
}

function ofEstimate(path: FieldPath, recipe: Recipe, estimate: RunEstimate): Implication | null {
  switch (path) {
    case 'data.validation':
      return estimate.validationRows === 0
        ? warning(t('recipe.imply.noValidation'))
        : fact(t('recipe.imply.held', { count: estimate.validationRows }))
    case 'data.test':
      return fact(t('recipe.imply.held', { count: estimate.testRows }))
    case 'data.trainRows':
      return fact(t('recipe.imply.trains', { count: estimate.trainRows }))
    case 'epochs':
      return fact(t('unit.steps', { count: estimate.totalSteps }))
    case 'maxSteps':
      return recipe.maxSteps === null
        ? null
        : fact(
            t('recipe.imply.epochs', {
              epochs: formatNumber(estimate.totalSteps / estimate.stepsPerEpoch, 3),
            }),
          )
    case 'batch.size':
      return fact(
        t('recipe.imply.batch', {
          steps: estimate.stepsPerEpoch,
          tokens: formatCount(estimate.tokensPerStep),
        }),
      )
    case 'schedule.warmup':
      return fact(t('recipe.imply.warmup', { count: warmupSteps(recipe, estimate.totalSteps) }))
    case 'evaluation.every':
      return fact(t('recipe.imply.evaluations', { count: evaluations(recipe, estimate) }))
    case 'evaluation.patience':
      return patience(recipe, estimate)
    default:
      return null
  }
}

/** Steps of warm-up: below 1 a share of all steps. */
export const warmupSteps = ({ schedule }: Recipe, totalSteps: number): number =>
  schedule.warmup < 1 ? Math.round(schedule.warmup * totalSteps) : Math.round(schedule.warmup)

export function evaluations({ evaluation }: Recipe, estimate: RunEstimate): number {
  const every = evaluation.every === 'epoch' ? estimate.stepsPerEpoch : evaluation.every
  return Math.max(1, Math.ceil(estimate.totalSteps / every))
}

function patience(recipe: Recipe, estimate: RunEstimate): Implication | null {
  const { patience: allowed, every } = recipe.evaluation
  if (allowed === null) return null
  const total = evaluations(recipe, estimate)
  if (total <= allowed) return warning(t('recipe.imply.patienceIdle', { count: total }))
  const steps = every === 'epoch' ? estimate.stepsPerEpoch : every
  return fact(t('recipe.imply.patience', { step: steps * (allowed + 1) }))
}

/** Rates that work for adaptive optimisers; other optimisers have other scales. */
function learningRate({ optimizer, train }: Recipe): Implication | null {
  if (!['adam', 'adamw', 'adafactor', 'lamb'].includes(optimizer.name)) return null
  if (train === 'head') {
    return optimizer.learningRate < 1e-4 ? warning(t('recipe.imply.rateLow')) : null
  }
  return optimizer.learningRate > 2e-4 ? warning(t('recipe.imply.rateHigh')) : null
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
