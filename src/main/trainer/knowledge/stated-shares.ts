import { GraftError } from '@shared/errors'
import type { Priors } from '@shared/domain'
import type { TaskKind } from '@shared/domain/dataset'

/**
 * The share that a pack states for each label of the run. Of classes that exclude each other, those
 * it does not name have none, and shares of classes that the run lacks are spread over the others.
 * Throws recipe.invalid where no share is stated, or, for several labels a row, not all are.
 */
export function sharesOf(
  priors: Priors | null,
  indexOf: (label: string) => number,
  labels: readonly string[],
  task: TaskKind,
): readonly number[] {
  const shares = new Float64Array(labels.length)
  const stated = new Set<number>()
  for (const [label, share] of Object.entries(priors?.shares ?? {})) {
    const index = indexOf(label)
    if (index < 0) continue
    shares[index] = (shares[index] ?? 0) + share
    stated.add(index)
  }
  const total = shares.reduce((sum, share) => sum + share, 0)
  if (total <= 0) {
    throw refuse('the pack states no share of any label of the run', 'shares of the labels')
  }
  if (task !== 'multi-label') return Array.from(shares, (share) => share / total)
  const missing = labels.filter((_, index) => !stated.has(index))
  if (missing.length > 0) {
    throw refuse(`the pack states no share of ${missing.join(', ')}`, 'a share for each label')
  }
  return Array.from(shares, (share) => Math.min(1, share))
}

const refuse = (what: string, remedy: string): GraftError =>
  new GraftError(
    'recipe.invalid',
    `knowledge.training: expectations cannot be used: ${what}. Write ${remedy} under "shares" in priors.yaml, or leave the method out.`,
    { path: 'knowledge.training' },
  )
