import { describe, expect, it } from 'vitest'
import {
  defaultLayout,
  moveColumn,
  nextSort,
  sortRows,
  toggleColumn,
  visibleColumns,
  windowOf,
  type Column,
} from '../../../src/renderer/ui/table'
import { toTsv } from '../../../src/renderer/ui/tsv'

interface Row {
  readonly name: string
  readonly size: number | null
}

const columns: readonly Column<Row>[] = [
  { key: 'name', label: 'Name', value: (row) => row.name },
  { key: 'size', label: 'Size', value: (row) => row.size },
  { key: 'more', label: 'More', value: () => null, hidden: true },
]
const rows: readonly Row[] = [
  { name: 'run 10', size: 3 },
  { name: 'run 9', size: null },
  { name: 'run 1', size: 20 },
]
const names = (sorted: readonly Row[]): readonly string[] => sorted.map((row) => row.name)

describe('sorting', () => {
  it('counts numbers in texts as numbers', () => {
    expect(names(sortRows(rows, columns, { key: 'name', descending: false }))).toEqual([
      'run 1',
      'run 9',
      'run 10',
    ])
  })

  it('puts missing values last in both directions', () => {
    const sizes = (descending: boolean): readonly (number | null)[] =>
      sortRows(rows, columns, { key: 'size', descending }).map((row) => row.size)
    expect(sizes(false)).toEqual([3, 20, null])
    expect(sizes(true)).toEqual([20, 3, null])
  })

  it('goes from ascending to descending and back to the order of arrival', () => {
    const first = nextSort(null, 'size')
    const second = nextSort(first, 'size')
    expect(first).toEqual({ key: 'size', descending: false })
    expect(second).toEqual({ key: 'size', descending: true })
    expect(nextSort(second, 'size')).toBeNull()
    expect(nextSort(second, 'name')).toEqual({ key: 'name', descending: false })
  })
})

describe('the choice of columns', () => {
  const layout = defaultLayout(columns)
  const shown = (of: typeof layout): readonly string[] =>
    visibleColumns(columns, of).map((column) => column.key)

  it('begins with the columns that are not hidden', () => {
    expect(shown(layout)).toEqual(['name', 'size'])
  })

  it('moves, shows and hides, and keeps the last one', () => {
    expect(shown(moveColumn(layout, 'size', -1))).toEqual(['size', 'name'])
    expect(shown(moveColumn(layout, 'name', -1))).toEqual(['name', 'size'])
    expect(shown(toggleColumn(layout, 'more'))).toEqual(['name', 'size', 'more'])
    const one = toggleColumn(layout, 'size')
    expect(shown(toggleColumn(one, 'name'))).toEqual(['name'])
  })
})

describe('the window of rows', () => {
  it('holds what is in sight and a little more, never beyond the ends', () => {
    expect(windowOf(0, 300, 30, 10_000)).toEqual({ from: 0, to: 22 })
    expect(windowOf(30_000, 300, 30, 10_000)).toEqual({ from: 988, to: 1022 })
    expect(windowOf(299_700, 300, 30, 10_000)).toEqual({ from: 9978, to: 10_000 })
    expect(windowOf(5000, 300, 30, 3)).toEqual({ from: 3, to: 3 })
  })
})

describe('rows as tab-separated values', () => {
  it('keep each cell in its place', () => {
    expect(
      toTsv([
        ['a', 'b'],
        ['tab\tand\nline', null],
        [1, 'x'],
      ]),
    ).toBe('a\tb\ntab and line\t\n1\tx')
  })
})
