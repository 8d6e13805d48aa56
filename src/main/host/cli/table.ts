import { columnsOf } from './format'

export interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => string
  readonly align?: 'left' | 'right'
}

/** An aligned table with a title line; empty columns are left out. */
export function formatTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly string[] {
  const filled = columns
    .map(({ title, of, align = 'left' }) => ({ title, align, cells: rows.map(of) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const shaped = filled.map(({ title, align, cells }) => {
    const width = Math.max(...[title, ...cells].map(columnsOf))
    const pad = (cell: string): string =>
      align === 'left' ? cell + spaceFor(cell, width) : spaceFor(cell, width) + cell
    return { title: pad(title), cells: cells.map(pad) }
  })
  const line = (cells: readonly string[]): string => cells.join('  ').trimEnd()
  return [
    line(shaped.map(({ title }) => title)),
    ...rows.map((_, at) => line(shaped.map(({ cells }) => cells[at] ?? ''))),
  ]
}

/** What fills a column of that width up. */
const spaceFor = (text: string, width: number): string => ' '.repeat(width - columnsOf(text))

/** Names and values below each other; lines without a value are left out. */
export function formatFacts(
  facts: readonly (readonly [name: string, value: string | null])[],
): readonly string[] {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null)
  const width = Math.max(0, ...known.map(([name]) => columnsOf(name)))
  return known.map(([name, value]) => `${name}${spaceFor(name, width)}  ${value}`)
}
