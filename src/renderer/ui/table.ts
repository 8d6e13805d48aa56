import type { Snippet } from 'svelte'
import type { Cell } from './tsv'

/** A column of a DataTable. `value` is what is sorted and copied; `format` or `cell` what is seen. */
export interface Column<Row> {
  readonly key: string
  readonly label: string
  readonly value: (row: Row) => Cell
  readonly format?: (row: Row) => string
  readonly cell?: Snippet<[row: Row]>
  /** A CSS grid track, such as `120px` or `minmax(160px, 2fr)`. */
  readonly width?: string
  readonly align?: 'left' | 'right'
  readonly mono?: boolean
  readonly sortable?: boolean
  /** Not shown until it is chosen. */
  readonly hidden?: boolean
}

export interface Sort {
  readonly key: string
  readonly descending: boolean
}

/** A click on a header: ascending, descending, then the order the rows came in. */
export function nextSort(sort: Sort | null, key: string): Sort | null {
  if (sort?.key !== key) return { key, descending: false }
  return sort.descending ? null : { key, descending: true }
}

/** Sorted rows: numbers by value, texts by the language, missing values last in both directions. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const column = columns.find((each) => each.key === sort?.key)
  if (sort === null || column === undefined) return rows
  const collator = new Intl.Collator(undefined, { numeric: true })
  const sign = sort.descending ? -1 : 1
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => compareCells(a.value, b.value, sign, collator))
    .map(({ row }) => row)
}

function compareCells(a: Cell, b: Cell, sign: number, collator: Intl.Collator): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
  return sign * collator.compare(String(a), String(b))
}

/** Which columns are shown, in which order: names of columns; unknown ones are left out. */
export interface Layout {
  readonly order: readonly string[]
  readonly hidden: readonly string[]
}

export const defaultLayout = <Row>(columns: readonly Column<Row>[]): Layout => ({
  order: columns.map((column) => column.key),
  hidden: columns.filter((column) => column.hidden === true).map((column) => column.key),
})

/** All columns in the layout's order; those it does not know yet stand at the end. */
export function orderColumns<Row>(
  columns: readonly Column<Row>[],
  layout: Layout,
): readonly Column<Row>[] {
  const place = (column: Column<Row>): number => {
    const index = layout.order.indexOf(column.key)
    return index < 0 ? layout.order.length : index
  }
  return [...columns].sort((a, b) => place(a) - place(b))
}

export const visibleColumns = <Row>(
  columns: readonly Column<Row>[],
  layout: Layout,
): readonly Column<Row>[] =>
  orderColumns(columns, layout).filter((column) => !layout.hidden.includes(column.key))

/** The column one place to the left (-1) or right (1). */
export function moveColumn(layout: Layout, key: string, by: -1 | 1): Layout {
  const order = [...layout.order]
  const from = order.indexOf(key)
  const to = from + by
  if (from < 0 || to < 0 || to >= order.length) return layout
  order.splice(to, 0, ...order.splice(from, 1))
  return { ...layout, order }
}

/** Hides or shows a column; the last visible one stays. */
export function toggleColumn(layout: Layout, key: string): Layout {
  const isHidden = layout.hidden.includes(key)
  if (!isHidden && layout.hidden.length >= layout.order.length - 1) return layout
  const hidden = isHidden ? layout.hidden.filter((each) => each !== key) : [...layout.hidden, key]
  return { ...layout, hidden }
}

export interface RowWindow {
  readonly from: number
  readonly to: number
}

/** The rows to draw: those in sight and a few beyond, so that scrolling never shows a gap. */
export function windowOf(
  scrollTop: number,
  height: number,
  rowHeight: number,
  rows: number,
): RowWindow {
  const beyond = 12
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - beyond)
  const to = Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + beyond)
  return { from: Math.min(from, to), to }
}

const menuWidth = 36

/** Least width of a row in pixels: the sum of what its columns ask for, and the menu's. */
export function leastWidth<Row>(columns: readonly Column<Row>[]): number {
  return columns.reduce(
    (sum, { width }) => sum + Number(/(\d+)px/.exec(width ?? '80px')?.[1] ?? 80),
    menuWidth,
  )
}
