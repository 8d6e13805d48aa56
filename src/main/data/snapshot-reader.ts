import { join } from 'node:path'
import type { BadRow, DataRow, Part } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { sha256File } from '../platform/hash'
import { readJsonFile } from '../platform/json'
import { readLines } from '../platform/lines'
import type { Snapshot } from './snapshot-schema'
import { badRowSchema, isDataRow, snapshotFiles, snapshotSchema } from './snapshot-schema'

export type { Snapshot } from './snapshot-schema'

/** What a snapshot folder holds. Throws data.format when dataset.json is damaged. */
export const readSnapshot = (folder: string): Promise<Snapshot> =>
  readJsonFile(join(folder, snapshotFiles.description), snapshotSchema, 'data.format')

/** The rows of a snapshot, one by one. Throws data.format naming the damaged line. */
export async function* readSnapshotRows(
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<DataRow, void, undefined> {
  const path = join(folder, snapshotFiles.rows)
  for await (const { bytes, number } of readLines(path, { signal })) {
    const value = parseLine(bytes, path, number)
    if (!isDataRow(value)) throw damaged(path, number)
    yield value
  }
}

/** All rows of a snapshot, checked against their number. */
export async function loadSnapshotRows(
  folder: string,
  snapshot: Pick<Snapshot, 'rows'>,
): Promise<readonly DataRow[]> {
  const rows: DataRow[] = []
  for await (const row of readSnapshotRows(folder)) rows.push(row)
  if (rows.length === snapshot.rows) return rows
  throw new GraftError(
    'data.format',
    `${folder} has ${rows.length} rows, ${snapshot.rows} were written. Import the dataset again.`,
    { folder },
  )
}

/** Whether rows.jsonl still is what was written, byte for byte. */
export const isSnapshotIntact = async (folder: string): Promise<boolean> =>
  (await sha256File(join(folder, snapshotFiles.rows))) === (await readSnapshot(folder)).rowsSha256

export interface RowQuery {
  readonly part?: Part | undefined
  readonly label?: string | undefined
  /** Text to be found in the row's text or second text, whatever the case. */
  readonly search?: string | undefined
  readonly offset: number
  readonly limit: number
}

/** A page of the rows that match, and how many match in all. */
export async function queryRows(
  folder: string,
  query: RowQuery,
): Promise<{ readonly total: number; readonly rows: readonly DataRow[] }> {
  const rows: DataRow[] = []
  let total = 0
  for await (const row of readSnapshotRows(folder)) {
    if (!matches(row, query)) continue
    if (total >= query.offset && rows.length < query.limit) rows.push(row)
    total += 1
  }
  return { total, rows }
}

function matches(row: DataRow, { part, label, search }: RowQuery): boolean {
  if (part !== undefined && row.part !== part) return false
  if (label !== undefined) {
    const labels = Array.isArray(row.label) ? row.label : [String(row.label)]
    if (!labels.includes(label)) return false
  }
  if (search === undefined || search === '') return true
  const sought = search.toLowerCase()
  return `${row.text}\n${row.pair ?? ''}`.toLowerCase().includes(sought)
}

/** The refused rows, at most `limit`. */
export async function readBadRows(folder: string, limit: number): Promise<readonly BadRow[]> {
  const path = join(folder, snapshotFiles.badRows)
  const rows: BadRow[] = []
  for await (const { bytes, number } of readLines(path)) {
    if (rows.length >= limit) break
    const checked = badRowSchema.safeParse(parseLine(bytes, path, number))
    if (!checked.success) throw damaged(path, number)
    rows.push(checked.data)
  }
  return rows
}

function parseLine(bytes: Buffer, path: string, line: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw damaged(path, line)
  }
}

const damaged = (path: string, line: number): GraftError =>
  new GraftError('data.format', `${path}, line ${line}, is damaged. Import the dataset again.`, {
    path,
    line,
  })
