/** The rows that are drawn of a long list, and where they begin. */
export interface RowWindow {
  readonly from: number
  readonly to: number
  /** Pixels above the first drawn row. */
  readonly offset: number
  /** Pixels of all rows together. */
  readonly height: number
}

/** Rows drawn beyond both edges, so that a quick wheel does not show an empty table. */
const overscan = 8

export function rowWindow(
  rows: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): RowWindow {
  const from = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight) - overscan))
  const to = Math.min(rows, Math.ceil((scrollTop + viewHeight) / rowHeight) + overscan)
  return { from, to: Math.max(from, to), offset: from * rowHeight, height: rows * rowHeight }
}

/** The most rows that a window of this height draws. */
export const mostRows = (rowHeight: number, viewHeight: number): number =>
  Math.ceil(viewHeight / rowHeight) + 2 * overscan + 2

/** The scroll position that shows a row with the least movement. */
export function scrollToShow(
  row: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): number {
  const top = row * rowHeight
  if (top < scrollTop) return top
  return top + rowHeight > scrollTop + viewHeight ? top + rowHeight - viewHeight : scrollTop
}
