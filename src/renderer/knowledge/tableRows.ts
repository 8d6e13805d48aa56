import { compareText } from './compareText'

export type CellValue = string | number | null

export interface TableColumn<Row> {
  readonly key: string
  readonly value: (row: Row) => CellValue
}

export interface TableSort {
  readonly key: string
  readonly descending: boolean
}

/**
 * Places of the rows that are shown, in their order: those in which any cell holds the filter's
 * words, sorted. Rows keep their places in the pack, so that an edit finds them.
 */
export function shownPlaces<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  filter: string,
  sort: TableSort | null,
): readonly number[] {
  const words = filter
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const places: number[] = []
  rows.forEach((row, place) => {
    if (words.length === 0 || matches(row, columns, words)) places.push(place)
  })
  const column = columns.find(({ key }) => key === sort?.key)
  if (sort === null || column === undefined) return places
  const keyed = places.flatMap((place) => {
    const row = rows[place]
    return row === undefined ? [] : [{ place, value: column.value(row) }]
  })
  const sign = sort.descending ? -1 : 1
  return keyed.sort((a, b) => compareValues(a.value, b.value, sign)).map(({ place }) => place)
}

function matches<Row>(
  row: Row,
  columns: readonly TableColumn<Row>[],
  words: readonly string[],
): boolean {
  const text = columns
    .map(({ value }) => String(value(row) ?? ''))
    .join('\t')
    .toLocaleLowerCase()
  return words.every((word) => text.includes(word))
}

/** Missing values stand last in both directions. */
function compareValues(a: CellValue, b: CellValue, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
  return sign * compareText(String(a), String(b))
}

/** The scroll position that shows a row with the least movement. */
export function scrollToShow(
  line: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): number {
  const top = line * rowHeight
  if (top < scrollTop) return top
  return top + rowHeight > scrollTop + viewHeight ? top + rowHeight - viewHeight : scrollTop
}
