import type { BadRow, FilePreview } from '@shared/domain/dataset'
import { describeColumns } from './columns'
import { openTable } from './detect'
import type { TableOptions } from './table'

const sampleRows = 1000
const mostBadRows = 100
const encodingLimit = 16 << 20

/** Looks at the beginning of a file: what it is, which columns it has, and its first `rows` rows. */
export async function previewFile(
  path: string,
  rows: number,
  options: Pick<TableOptions, 'delimiter' | 'header'> = {},
): Promise<FilePreview> {
  const table = await openTable(path, { ...options, encodingLimit })
  const sample: (readonly (string | null)[])[] = []
  const badRows: BadRow[] = []
  let complete = true
  for await (const record of table.records()) {
    if (record.kind === 'row') sample.push(record.values)
    else badRows.push(record.bad)
    if (sample.length >= Math.max(rows, sampleRows) || badRows.length >= mostBadRows) {
      complete = false
      break
    }
  }
  const { columns, suggested } = describeColumns(table.columns, sample)
  return {
    path,
    bytes: table.bytes,
    format: table.format,
    columns,
    suggested,
    rows: sample.slice(0, rows).map((values) => table.columns.map((_, at) => values[at] ?? '')),
    rowsRead: sample.length + badRows.length,
    complete,
    badRows,
  }
}
