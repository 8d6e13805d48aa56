import type { Recipe } from '@shared/domain'
import { listedMethods, openPart, trainsPlainly } from '@shared/domain'
import { fewRows, trainingSteps, trialBatch, trialLengths } from '../knowledge/trial-lengths'

/** Rows that a run which tries ways to train is likely to go through, each as often as it does. */
export interface TrialCost {
  /** Learned before the run's own steps. */
  readonly trained: number
  /** Answered for a self-training. */
  readonly answered: number
  /** Learned in the run's own steps; null: as many as the recipe says. */
  readonly own: number | null
}

/**
 * What trials of a recipe are likely to cost, as if the labelled rows let its pack teach. What it teaches
 * lies in the cache after the first run and is not in it.
 *
 * @param rows labelled and unlabelled rows to train on, as the trainer will split them
 */
export function trialCost(
  recipe: Recipe,
  rows: { readonly train: number; readonly unlabelled: number },
): TrialCost {
  const part = openPart(recipe)
  if (part === 'head') return { trained: 0, answered: 0, own: null }
  const { train: labelled, unlabelled } = rows
  const areFew = labelled <= fewRows
  const teaching = teachingOf(recipe)
  const most = recipe.maxSteps
  const mayCombine = part === null && areFew && trainsPlainly(recipe)
  const task = { labelled, unlabelled, teaching, mayCombine, most }
  const { steps, answered, after } = trialLengths(task)
  const own = after > 0 ? 0 : trainingSteps(labelled, teaching !== 'none', most) * trialBatch
  return { trained: (steps + after) * trialBatch, answered, own: areFew ? own : null }
}

/** What a pack teaches before labelled rows are learned. */
function teachingOf(recipe: Recipe): 'none' | 'auto' | 'listed' {
  if (recipe.knowledge?.training === 'auto') return 'auto'
  const teaches = listedMethods(recipe).some(
    (method) => method.use === 'words' || (method.use === 'weak' && method.when === 'first'),
  )
  return teaches ? 'listed' : 'none'
}
