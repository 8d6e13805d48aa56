import { describe, expect, it } from 'vitest'
import type { BadRow, FilePreview } from '@shared/domain'
import {
  missingColumns,
  missingLabels,
  previewOf,
  refusedRows,
  type ImportFile,
  type Reading,
} from '../../../src/renderer/datasets/importFile'

const preview = (columns: readonly string[], badRows: readonly BadRow[] = []): FilePreview => ({
  path: '/uploads/1',
  bytes: 10,
  format: { kind: 'csv', delimiter: ',', encoding: 'utf-8', header: true },
  columns: columns.map((name) => ({
    name,
    type: 'text' as const,
    distinct: 1,
    missing: 0,
    examples: [],
  })),
  suggested: {},
  rows: [],
  rowsRead: 1,
  complete: true,
  badRows,
})

const file = (name: string, reading: Reading): ImportFile => ({
  path: `/uploads/${name}`,
  name,
  part: 'all',
  reading,
})

describe('a file of an import', () => {
  it('is looked at as it was before, while it is read in another way', () => {
    const last = preview(['text'])
    expect(previewOf(file('a.csv', { kind: 'reading', last }))).toBe(last)
    expect(
      previewOf(
        file('a.csv', {
          kind: 'failed',
          error: { code: 'data.format', message: 'No table.', details: {} },
        }),
      ),
    ).toBeNull()
  })

  it('lacks the chosen columns that it does not have', () => {
    const read = file('a.csv', { kind: 'read', preview: preview(['text', 'label']) })
    expect(missingColumns(read, ['text', null, 'stars'])).toEqual(['stars'])
  })

  it('lacks nothing before it was read', () => {
    expect(missingColumns(file('a.csv', { kind: 'reading', last: null }), ['text'])).toEqual([])
  })
})

describe('the refused rows of an import', () => {
  it('stand together under the names that the person knows', () => {
    const bad: BadRow = { file: '1.csv', row: 3, line: 4, reason: 'Too long.', text: 'a,b,c' }
    const files = [
      file('train.csv', { kind: 'read', preview: preview(['text'], [bad]) }),
      file('test.csv', { kind: 'read', preview: preview(['text'], [{ ...bad, row: 9 }]) }),
    ]
    expect(refusedRows(files).map(({ file: name, row }) => [name, row])).toEqual([
      ['train.csv', 3],
      ['test.csv', 9],
    ])
  })
})

describe('the labels of an import that look like missing values', () => {
  const withRows = (name: string, rows: readonly (readonly string[])[]): ImportFile =>
    file(name, { kind: 'read', preview: { ...preview(['text', 'label']), rows } })
  const files = [
    withRows('a.csv', [['one', 'NA'], ['two', 'good'], ['three', ''], ['four']]),
    withRows('b.csv', [
      ['five', ' NA '],
      ['six', '?'],
    ]),
    file('c.csv', { kind: 'reading', last: null }),
  ]

  it('are counted in the rows of all files that were read; empty fields are no labels', () => {
    expect(missingLabels(files, 'label')).toEqual([
      { label: 'NA', rows: 2 },
      { label: '?', rows: 1 },
    ])
  })

  it('are none in a column that holds none, or is not there', () => {
    expect(missingLabels(files, 'text')).toEqual([])
    expect(missingLabels(files, 'stars')).toEqual([])
  })
})
