import { CsvParser } from '../csv'
import type { NamedFile } from './pack-files'
import { readText } from './pack-files'
import type { PackNotes } from './problems'

export interface CsvLine {
  readonly line: number
  /** In the order of the columns; spaces around a value are not part of it. */
  readonly fields: readonly string[]
}

export interface CsvFile {
  readonly columns: readonly string[]
  readonly lines: readonly CsvLine[]
}

/**
 * A table of a pack: its first line must be one of `headers`. Lines that cannot be read are errors
 * in the notes; null where there is nothing to read.
 */
export async function readCsvFile(
  root: string,
  file: NamedFile,
  headers: readonly (readonly string[])[],
  notes: PackNotes,
): Promise<CsvFile | null> {
  const text = await readText(root, file, notes)
  if (text === null) return null
  const lines = readLines(text, file.name, notes)
  const [head, ...body] = lines
  const expected = headers.map((columns) => columns.join(',')).join(' or ')
  const columns = headers.find((each) => head !== undefined && isHeader(head.fields, each))
  if (columns === undefined) {
    const place = { file: file.name, line: head?.line ?? 1 }
    notes.error(place, null, `The first line has to be the header ${expected}.`)
    return null
  }
  const whole = body.filter(({ line, fields }) => {
    if (fields.length === columns.length) return true
    notes.error(
      { file: file.name, line },
      null,
      `The line has ${fields.length} fields, ${columns.length} are expected: ${columns.join(',')}. A value with a comma stands in quotes.`,
    )
    return false
  })
  return { columns, lines: whole }
}

const isHeader = (fields: readonly string[], columns: readonly string[]): boolean =>
  fields.length === columns.length &&
  fields.every((field, at) => field.toLowerCase() === columns[at])

function readLines(text: string, file: string, notes: PackNotes): readonly CsvLine[] {
  const parser = new CsvParser({ delimiter: delimiterOf(text), quotes: 'records' })
  const lines: CsvLine[] = []
  for (const record of [...parser.push(text), ...parser.end()]) {
    if (record.kind === 'bad') notes.error({ file, line: record.line }, null, record.reason)
    else lines.push({ line: record.line, fields: record.fields.map((field) => field.trim()) })
  }
  return lines
}

/** Spreadsheets of some countries write semicolons. No header has one of its own. */
function delimiterOf(text: string): string {
  const head = /^[^\r\n]*/.exec(text.trimStart())?.[0] ?? ''
  if (head.includes(',')) return ','
  return head.includes(';') ? ';' : '\t'
}

/** A number as a table holds it; null for anything else, the empty text included. */
export function numberOf(text: string): number | null {
  const value = text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}
