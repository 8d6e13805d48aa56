import { extname } from 'node:path'
import type { FileFormat } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { readStart, requireContent } from '../platform/files'
import { delimitedTable, parserFor } from './delimited'
import type { DetectedEncoding, Encoding } from './encoding'
import { detectEncoding } from './encoding'
import { jsonLinesTable, lineParser, parseObject } from './jsonl'
import type { Table, TableOptions } from './table'

const sampleBytes = 1 << 20
const sampleRecords = 200
const delimiters = [',', '\t', ';', '|'] as const

/**
 * Opens a CSV, TSV or JSONL file: finds out encoding, delimiter and header, or takes what the
 * options say.
 *
 * Throws file.notFound, file.notReadable (a folder), file.empty, data.format, data.noRows.
 */
export async function openTable(path: string, options: TableOptions = {}): Promise<Table> {
  const bytes = await requireContent(path)
  const found = await detectEncoding(path, options.encodingLimit)
  const sample = await readSample(path, found.encoding)
  if (sample.text.trim() === '') {
    throw new GraftError('data.noRows', `${path} has no rows, only white space.`, { path })
  }
  return looksLikeJsonLines(path, sample.text, options)
    ? openJsonLines(path, bytes, found, sample.text)
    : openDelimited(path, bytes, found, sample, options)
}

interface Sample {
  readonly text: string
  readonly complete: boolean
}

async function readSample(path: string, encoding: Encoding): Promise<Sample> {
  const bytes = await readStart(path, sampleBytes)
  const text = new TextDecoder(encoding).decode(bytes, { stream: true })
  return { text, complete: bytes.length < sampleBytes }
}

function looksLikeJsonLines(path: string, text: string, options: TableOptions): boolean {
  if (options.delimiter !== undefined) return false
  const extension = extname(path).toLowerCase()
  if (['.jsonl', '.ndjson', '.json'].includes(extension)) return true
  const [line = ''] = text.trimStart().split(/[\r\n]/, 1)
  return line.startsWith('{') && typeof parseObject(line) !== 'string'
}

function openJsonLines(path: string, bytes: number, found: DetectedEncoding, text: string): Table {
  if (/^\s*\[/.test(text) || /^\s*\{\s*[\r\n]/.test(text)) {
    throw new GraftError(
      'data.format',
      `${path} is one JSON document. Needed is JSONL: one object a line, without commas between them.`,
      { path },
    )
  }
  const columns = new Set<string>()
  for (const record of lineParser().push(text)) {
    const parsed = record.kind === 'record' ? parseObject(record.fields[0] ?? '') : ''
    if (typeof parsed !== 'string') for (const [key] of parsed) columns.add(key)
  }
  const format: FileFormat = {
    kind: 'jsonl',
    delimiter: null,
    encoding: found.encoding,
    header: false,
  }
  return jsonLinesTable({ path, bytes, format, damaged: found.damaged, columns: [...columns] })
}

function openDelimited(
  path: string,
  bytes: number,
  found: DetectedEncoding,
  sample: Sample,
  options: TableOptions,
): Table {
  const delimiter = options.delimiter ?? guessDelimiter(sample, extname(path).toLowerCase())
  const records = sampleFields(sample, delimiter)
  const first = records[0]
  if (first === undefined) {
    throw new GraftError('data.format', `${path} has no line that can be read as a row.`, { path })
  }
  const header = options.header ?? looksLikeHeader(first, records.slice(1))
  const columns = header ? nameColumns(first) : first.map((_, at) => `column${at + 1}`)
  if (header && records.length === 1 && sample.complete) {
    throw new GraftError('data.noRows', `${path} has a header, but no rows.`, { path })
  }
  const format = {
    kind: delimiter === '\t' ? ('tsv' as const) : ('csv' as const),
    delimiter,
    encoding: found.encoding,
    header,
  }
  return delimitedTable({ path, bytes, format, damaged: found.damaged, columns })
}

function sampleFields(sample: Sample, delimiter: string): readonly (readonly string[])[] {
  const parser = parserFor(delimiter)
  const result: (readonly string[])[] = []
  const take = (records: ReturnType<typeof parser.push>): void => {
    for (const record of records) {
      if (record.kind === 'record') result.push(record.fields)
      if (result.length >= sampleRecords) return
    }
  }
  take(parser.push(sample.text))
  if (sample.complete && result.length < sampleRecords) take(parser.end())
  return result
}

/** The delimiter that gives most rows the same number of fields, and more than one. */
function guessDelimiter(sample: Sample, extension: string): string {
  if (extension === '.tsv' || extension === '.tab') return '\t'
  let best: { readonly delimiter: string; readonly score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of delimiters) {
    const counts = new Map<number, number>()
    const records = sampleFields(sample, delimiter)
    for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1)
    const width = records[0]?.length ?? 0
    const share = (counts.get(width) ?? 0) / Math.max(1, records.length)
    const score = width > 1 ? share + Math.min(width, 20) / 1000 : 0
    if (score > best.score + 1e-9) best = { delimiter, score }
  }
  return best.delimiter
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text))
const longestName = 80

/**
 * Names are short, filled, no numbers, not all the same, and do not come again as values below. A
 * name that stands twice is still a name: `nameColumns` tells the two apart.
 */
function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const names = first.map((name) => name.trim())
  if (names.some((name) => name === '' || name.length > longestName || isNumber(name))) return false
  if (names.length > 1 && new Set(names).size === 1) return false
  return !names.some((name, at) => rest.some((fields) => fields[at]?.trim() === name))
}

function nameColumns(first: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return first.map((given, at) => {
    const plain = given.trim() === '' ? `column${at + 1}` : given.trim()
    let name = plain
    for (let copy = 2; taken.has(name); copy += 1) name = `${plain} (${copy})`
    taken.add(name)
    return name
  })
}
