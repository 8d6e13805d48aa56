/*
 * Small edits of readonly lists. Each gives a new list, or the same one where nothing changes, so
 * that undo can tell an edit from none.
 */

export function replaceAt<T>(list: readonly T[], index: number, value: T): readonly T[] {
  if (index < 0 || index >= list.length || list[index] === value) return list
  return list.map((each, at) => (at === index ? value : each))
}

export function insertAt<T>(list: readonly T[], index: number, values: readonly T[]): readonly T[] {
  return values.length === 0 ? list : [...list.slice(0, index), ...values, ...list.slice(index)]
}

/** Without the items of these places. */
export function removeAt<T>(list: readonly T[], indexes: readonly number[]): readonly T[] {
  const gone = new Set(indexes)
  const rest = list.filter((_, index) => !gone.has(index))
  return rest.length === list.length ? list : rest
}

/** The item one place up (-1) or down (1). */
export function moveBy<T>(list: readonly T[], index: number, by: -1 | 1): readonly T[] {
  const item = list[index]
  const to = index + by
  if (item === undefined || to < 0 || to >= list.length) return list
  const others = list.filter((_, at) => at !== index)
  return [...others.slice(0, to), item, ...others.slice(to)]
}

/** `name`, or `name-2`, `name-3` … where it is taken. */
export function freeName(name: string, taken: Iterable<string>): string {
  const used = new Set(taken)
  if (!used.has(name)) return name
  let number = 2
  while (used.has(`${name}-${String(number)}`)) number += 1
  return `${name}-${String(number)}`
}
