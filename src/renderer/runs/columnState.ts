import { defaultColumns, lastingColumns } from './columns'

/** Which columns the table shows, in which order and how wide; kept between sessions. */
export interface ColumnState {
  readonly shown: readonly string[]
  /** Pixels of the columns whose width was changed. */
  readonly widths: Readonly<Record<string, number>>
}

export const initialColumns: ColumnState = { shown: defaultColumns, widths: {} }

const narrowest = 48
const widest = 800

/** Adds a column at the end, or takes it away. */
export function toggleColumn(state: ColumnState, id: string): ColumnState {
  if (!state.shown.includes(id)) return { ...state, shown: [...state.shown, id] }
  if (lastingColumns.has(id)) return state
  return { ...state, shown: state.shown.filter((each) => each !== id) }
}

/** Puts a column where another one stands; that one and those after it move on. */
export function placeColumn(state: ColumnState, id: string, target: string): ColumnState {
  const from = state.shown.indexOf(id)
  const to = state.shown.indexOf(target)
  return from < 0 || to < 0 ? state : { ...state, shown: moved(state.shown, from, to) }
}

/** Moves a column by so many places, as far as there are any. */
export function moveColumn(state: ColumnState, id: string, by: number): ColumnState {
  const from = state.shown.indexOf(id)
  if (from < 0) return state
  const to = Math.max(0, Math.min(state.shown.length - 1, from + by))
  return { ...state, shown: moved(state.shown, from, to) }
}

export function resizeColumn(state: ColumnState, id: string, width: number): ColumnState {
  const bounded = Math.round(Math.max(narrowest, Math.min(widest, width)))
  return { ...state, widths: { ...state.widths, [id]: bounded } }
}

function moved(list: readonly string[], from: number, to: number): readonly string[] {
  const rest = [...list]
  const [item] = rest.splice(from, 1)
  if (item === undefined) return list
  rest.splice(to, 0, item)
  return rest
}

export const writeColumns = (state: ColumnState): string => JSON.stringify(state)

/** Reads what was kept; anything that is not a column state gives the initial one. */
export function readColumns(text: string | null): ColumnState {
  if (text === null) return initialColumns
  const kept = parse(text)
  if (typeof kept !== 'object' || kept === null || !('shown' in kept)) return initialColumns
  if (!isTexts(kept.shown)) return initialColumns
  const missing = [...lastingColumns].filter((id) => !isIn(kept.shown, id))
  const shown = [...new Set([...missing, ...kept.shown])]
  return { shown, widths: 'widths' in kept ? readWidths(kept.widths) : {} }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const isIn = (list: unknown, id: string): boolean => Array.isArray(list) && list.includes(id)

function readWidths(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return {}
  const numbers = Object.entries(value).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= narrowest,
  )
  return Object.fromEntries(numbers)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
