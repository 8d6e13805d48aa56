import { extname, resolve } from 'node:path'
import type { FileHandle } from 'node:fs/promises'
import type { PredictionFile } from '@shared/contract'
import type { BadRow, Prediction, PredictionInput } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { openTable } from '../data/detect'
import { resolveRoles } from '../data/roles'
import type { Table } from '../data/table'
import { writeAtomic } from '../platform/atomic'
import { exists } from '../platform/files'
import type { JobControl } from './jobs'
import { throwIfCancelled } from './jobs'
import type { Row } from './prediction-writer'
import { csvWriter, jsonlWriter } from './prediction-writer'

export interface PredictionFileRequest {
  readonly input: string
  readonly output: string
  readonly text: string | undefined
  readonly pair: string | null | undefined
  readonly overwrite: boolean
  readonly predict: (inputs: readonly PredictionInput[]) => Promise<readonly Prediction[]>
}

const batchRows = 256
const mostBadRows = 10_000

/**
 * Predicts every row of a CSV, TSV or JSONL file. The output (CSV or JSONL by its extension) holds
 * all columns of the input and what was predicted, and is there in full or not at all; rows
 * without a text are left out and listed.
 */
export async function predictFile(
  request: PredictionFileRequest,
  control: JobControl,
): Promise<PredictionFile> {
  const input = resolve(request.input)
  const output = resolve(request.output)
  const format = outputFormat(output)
  await requireFree(input, output, request.overwrite)
  const startedAt = Date.now()
  const table = await openTable(input)
  const roles = await resolveRoles(table, { text: request.text, pair: request.pair, label: null })
  const columns =
    format === 'csv' && table.format.kind === 'jsonl' ? await allColumns(table) : table.columns
  const badRows: BadRow[] = []
  const rows = await writeAtomic(output, async (file) => {
    const writer = format === 'csv' ? csvWriter(columns) : jsonlWriter()
    let written = 0
    for await (const batch of readBatches(table, roles, badRows)) {
      throwIfCancelled(control.signal)
      const predictions = await request.predict(batch.rows.map(({ input: text }) => text))
      const lines = batch.rows.map((row, index) => {
        const prediction = predictions[index]
        if (prediction === undefined) {
          throw new GraftError('trainer.protocol', 'The model gave fewer answers than rows.')
        }
        return writer(row, prediction)
      })
      await append(file, lines.join(''))
      written += batch.rows.length
      control.report({
        label: 'Predicting',
        done: batch.bytesRead,
        total: table.bytes,
        unit: 'bytes',
      })
    }
    if (written === 0) {
      const reason = badRows[0]?.reason ?? 'the file is empty'
      throw new GraftError('data.noRows', `${input} has no row to predict: ${reason}`, { input })
    }
    return written
  })
  return { path: output, rows, badRows, seconds: (Date.now() - startedAt) / 1000 }
}

function outputFormat(path: string): 'csv' | 'jsonl' {
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return 'csv'
    case '.jsonl':
    case '.ndjson':
      return 'jsonl'
    default:
      throw new GraftError(
        'input.invalid',
        `The output ${path} must end in .csv or .jsonl, which says how it is written.`,
        { path },
      )
  }
}

async function requireFree(input: string, output: string, overwrite: boolean): Promise<void> {
  if (input === output) {
    throw new GraftError('conflict', `${output} is the input; choose another file for the output.`)
  }
  if (!overwrite && (await exists(output))) {
    throw new GraftError('file.exists', `${output} exists already. Choose another name.`, {
      path: output,
    })
  }
}

/** A row of JSONL may bring a new column at any place: they are gathered before CSV is written. */
async function allColumns(table: Table): Promise<readonly string[]> {
  for await (const record of table.records()) if (record.kind === 'bad') continue
  return [...table.columns]
}

interface Batch {
  readonly rows: readonly Row[]
  readonly bytesRead: number
}

async function* readBatches(
  table: Table,
  roles: { readonly text: string; readonly pair: string | null },
  badRows: BadRow[],
): AsyncGenerator<Batch, void, undefined> {
  let rows: Row[] = []
  let bytesRead = 0
  const refuse = (bad: BadRow): void => {
    if (badRows.length < mostBadRows) badRows.push(bad)
  }
  for await (const record of table.records()) {
    bytesRead = record.bytesRead
    if (record.kind === 'bad') {
      refuse(record.bad)
      continue
    }
    const { row, line, values } = record
    const valueOf = (column: string): string | null => values[table.columns.indexOf(column)] ?? null
    const text = valueOf(roles.text) ?? ''
    if (text.trim() === '') {
      const reason = `The text ("${roles.text}") is empty.`
      refuse({ file: table.name, row, line, reason, text: values.join(' | ').slice(0, 200) })
      continue
    }
    const columns = table.columns.map((name, at) => [name, values[at] ?? null] as const)
    const pair = roles.pair === null ? null : (valueOf(roles.pair) ?? '')
    rows.push({ columns, input: { text, pair, columns: sideColumns(columns) } })
    if (rows.length === batchRows) {
      yield { rows, bytesRead }
      rows = []
    }
  }
  if (rows.length > 0) yield { rows, bytesRead }
}

/** Values as rules of a pack read them; what is missing is left out. */
const sideColumns = (columns: Row['columns']): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.flatMap(([name, value]) => (value === null ? [] : [[name, value]])))

const append = (file: FileHandle, text: string): Promise<void> => file.writeFile(text)
