export type Cell = string | number | null

/** Rows as tab-separated values; tabs and line breaks inside a cell become spaces. */
export const toTsv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => row.map(clean).join('\t')).join('\n')

const clean = (cell: Cell): string =>
  cell === null ? '' : String(cell).replaceAll(/[\t\r\n]+/g, ' ')
