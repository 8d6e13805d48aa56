/** Which rows are chosen, which one has the focus, and where a range with Shift begins. */
export interface Selection {
  readonly chosen: ReadonlySet<string>
  readonly focus: string | null
  readonly anchor: string | null
}

export const nothingSelected: Selection = { chosen: new Set(), focus: null, anchor: null }

/** A plain click or arrow: the focus goes there, what was chosen stays. */
export const focusOn = (selection: Selection, id: string): Selection => ({
  ...selection,
  focus: id,
  anchor: id,
})

/** Space, or a click on the box of a row. */
export function toggle(selection: Selection, id: string): Selection {
  const chosen = new Set(selection.chosen)
  if (!chosen.delete(id)) chosen.add(id)
  return { chosen, focus: id, anchor: id }
}

/** Shift: everything from the anchor to this row, beside what was chosen before. */
export function extendTo(selection: Selection, order: readonly string[], id: string): Selection {
  const anchor = selection.anchor ?? id
  const from = order.indexOf(anchor)
  const to = order.indexOf(id)
  if (from < 0 || to < 0) return toggle(selection, id)
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { chosen: new Set([...selection.chosen, ...range]), focus: id, anchor }
}

/** Arrow keys: moves the focus by so many rows, and with Shift chooses what it passes. */
export function moveFocus(
  selection: Selection,
  order: readonly string[],
  by: number,
  extend: boolean,
): Selection {
  if (order.length === 0) return selection
  const current = selection.focus === null ? -1 : order.indexOf(selection.focus)
  const target = current < 0 ? (by < 0 ? order.length - 1 : 0) : current + by
  const id = order[Math.max(0, Math.min(order.length - 1, target))]
  if (id === undefined) return selection
  return extend ? extendTo(selection, order, id) : focusOn(selection, id)
}

/** Ctrl+A, or the box in the head of the table: all rows, or none when all were chosen. */
export function toggleAll(selection: Selection, order: readonly string[]): Selection {
  const all = order.length > 0 && order.every((id) => selection.chosen.has(id))
  return { ...selection, chosen: all ? new Set() : new Set(order) }
}

export const clearChosen = (selection: Selection): Selection => ({
  ...selection,
  chosen: new Set(),
})

/** Forgets rows that are gone. */
export function keepOnly(selection: Selection, present: ReadonlySet<string>): Selection {
  const known = (id: string | null): string | null => (id !== null && present.has(id) ? id : null)
  return {
    chosen: new Set([...selection.chosen].filter((id) => present.has(id))),
    focus: known(selection.focus),
    anchor: known(selection.anchor),
  }
}
