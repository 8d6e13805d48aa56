import { basename } from 'node:path'
import type { FileFormat } from '@shared/domain/dataset'
import { CsvParser } from './csv'
import { readRecords } from './records'
import type { Table, TableRecord } from './table'
import { damagedReason, isDamaged } from './table'

export interface JsonLinesSource {
  readonly path: string
  readonly bytes: number
  readonly format: FileFormat
  readonly damaged: boolean
  /** Keys in the order in which the file brings them. */
  readonly columns: readonly string[]
}

/** A delimiter that no JSON text can hold unescaped: each line is one field. */
const noDelimiter = '\u0000'
const longestLine = 64_000_000

export const lineParser = (): CsvParser =>
  new CsvParser({ delimiter: noDelimiter, quotes: 'none', longest: longestLine })

/** A file of one JSON object a line as a table. Lines that are not that are refused. */
export function jsonLinesTable(source: JsonLinesSource): Table {
  const name = basename(source.path)
  const columns = [...source.columns]
  return {
    ...source,
    columns,
    name,
    records: (signal) => readJsonLines(source, columns, name, signal),
  }
}

async function* readJsonLines(
  source: JsonLinesSource,
  columns: string[],
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRecord, void, undefined> {
  const places = new Map(columns.map((column, at) => [column, at]))
  let row = 0
  const describe = (
    line: number,
    text: string,
    bytesRead: number,
    problem?: string,
  ): TableRecord => {
    row += 1
    const parsed = problem ?? parseObject(text)
    const values = typeof parsed === 'string' ? [] : spread(parsed, columns, places)
    const damage = source.damaged && isDamaged(values) ? damagedReason : undefined
    const reason = typeof parsed === 'string' ? parsed : damage
    if (reason === undefined) return { kind: 'row', row, line, values, bytesRead }
    const bad = { file: name, row, line, reason, text: text.slice(0, 200) }
    return { kind: 'bad', bad, bytesRead }
  }
  const { path, format } = source
  const lines = readRecords(path, format.encoding, lineParser(), signal)
  for await (const { record, bytesRead } of lines) {
    if (record.kind === 'bad') {
      yield describe(record.line, record.text, bytesRead, record.reason)
      continue
    }
    const [text = ''] = record.fields
    if (text.trim() !== '') yield describe(record.line, text, bytesRead)
  }
}

/** The entries of the object in a line, or the reason why there is none. */
export function parseObject(text: string): readonly (readonly [string, unknown])[] | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return `The line is not valid JSON: ${reason.slice(0, 120)}.`
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return 'The line is JSON, but not an object with a value for each column.'
  }
  return Object.entries(value)
}

function spread(
  entries: readonly (readonly [string, unknown])[],
  columns: string[],
  places: Map<string, number>,
): (string | null)[] {
  const values = new Array<string | null>(columns.length).fill(null)
  for (const [key, value] of entries) {
    let place = places.get(key)
    if (place === undefined) {
      place = columns.push(key) - 1
      places.set(key, place)
      values.push(null)
    }
    values[place] = textOf(value)
  }
  return values
}

/** Text as it is, nothing for null, everything else as JSON. */
const textOf = (value: unknown): string | null =>
  value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)
