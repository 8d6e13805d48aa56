import type { Recipe, RecipeDifference } from '@shared/domain'
import { canonicalJson } from '../platform/hash'

/** Leaves of a recipe by dotted path; lists count as one value. */
function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return new Map([[path, value]])
  }
  const found = new Map<string, unknown>()
  for (const [key, item] of Object.entries(value)) {
    const inner = leaves(item, path === '' ? key : `${path}.${key}`)
    for (const [name, leaf] of inner) found.set(name, leaf)
  }
  return found
}

/**
 * Only what differs: every path on which the recipes are not all the same, in the recipe's own
 * order, with the value of each (null where a recipe does not have the path). Names do not count.
 */
export function recipeDifferences(recipes: readonly Recipe[]): readonly RecipeDifference[] {
  const all = recipes.map((recipe) => leaves(recipe))
  const paths = new Set(all.flatMap((each) => [...each.keys()]))
  paths.delete('name')
  const differences: RecipeDifference[] = []
  for (const path of paths) {
    const values = all.map((each) => each.get(path) ?? null)
    if (new Set(values.map(canonicalJson)).size > 1) differences.push({ path, values })
  }
  return differences
}
