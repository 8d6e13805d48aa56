import { basename } from 'node:path'
import type { FileFormat } from '@shared/domain/dataset'
import type { CsvRecord } from './csv'
import { CsvParser } from './csv'
import { readRecords } from './records'
import type { Table, TableRecord } from './table'
import { damagedReason, isDamaged } from './table'

export interface DelimitedSource {
  readonly path: string
  readonly bytes: number
  readonly format: FileFormat & { readonly delimiter: string }
  readonly damaged: boolean
  readonly columns: readonly string[]
}

export const parserFor = (delimiter: string): CsvParser =>
  new CsvParser({ delimiter, quotes: delimiter === '\t' ? 'line' : 'records' })

/** A CSV or TSV file as a table. A row with more or fewer fields than there are columns is refused. */
export function delimitedTable(source: DelimitedSource): Table {
  const name = basename(source.path)
  return { ...source, name, records: (signal) => readDelimited(source, name, signal) }
}

async function* readDelimited(
  source: DelimitedSource,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRecord, void, undefined> {
  const parser = parserFor(source.format.delimiter)
  let row = source.format.header ? -1 : 0
  const describe = (record: CsvRecord, bytesRead: number): TableRecord | undefined => {
    row += 1
    if (row === 0) return undefined
    const refused = (reason: string, text: string): TableRecord => ({
      kind: 'bad',
      bad: { file: name, row, line: record.line, reason, text },
      bytesRead,
    })
    if (record.kind === 'bad') return refused(record.reason, record.text)
    const { fields, line } = record
    const text = (): string => fields.join(source.format.delimiter).slice(0, 200)
    if (fields.length !== source.columns.length) {
      return refused(
        `The row has ${fields.length} fields, the file has ${source.columns.length} columns.`,
        text(),
      )
    }
    if (source.damaged && isDamaged(fields)) return refused(damagedReason, text())
    return { kind: 'row', row, line, values: fields, bytesRead }
  }
  const { path, format } = source
  for await (const { record, bytesRead } of readRecords(path, format.encoding, parser, signal)) {
    const described = describe(record, bytesRead)
    if (described !== undefined) yield described
  }
}
