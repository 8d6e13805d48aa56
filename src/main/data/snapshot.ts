import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { BadRow, ColumnRoles, DataRow, Part, TaskKind } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { buildNamedFolder } from '../platform/atomic'
import { sha256File, sha256Json } from '../platform/hash'
import { writeJsonFile } from '../platform/json'
import { openTable } from './detect'
import {
  inferTask,
  labelReader,
  LabelSurveyor,
  mostClasses,
  orderLabels,
  requireClasses,
} from './labels'
import type { LabelResult } from './labels'
import type { RoleInput } from './roles'
import { requireColumns, resolveRoles } from './roles'
import type { Snapshot } from './snapshot-schema'
import { snapshotFiles } from './snapshot-schema'
import type { Table } from './table'

export interface SnapshotRequest {
  readonly files: readonly { readonly path: string; readonly part: Part }[]
  readonly roles: RoleInput
  readonly task?: TaskKind | undefined
  readonly delimiter?: string | undefined
  readonly header?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Bytes of all files that were read, of all that will be. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

interface Source {
  readonly table: Table
  readonly part: Part
  readonly sha256: string
}

/**
 * Turns files into a snapshot: a folder under `parent`, named by the hash of its content, with
 * every row in one form (`rows.jsonl`), every refused row (`bad-rows.jsonl`) and what they are
 * (`dataset.json`). Files are streamed; the folder is there in full or not at all, and the same
 * data again give the same folder.
 *
 * Throws the file codes, data.columnUnknown, data.columnAmbiguous, data.format, data.noRows,
 * data.oneClass, input.invalid, cancelled.
 */
export async function createSnapshot(
  parent: string,
  request: SnapshotRequest,
): Promise<{ readonly folder: string; readonly snapshot: Snapshot }> {
  const sources = await openSources(request)
  const first = sources[0]
  if (first === undefined) throw new GraftError('input.invalid', 'No file was named.')
  const roles = await resolveRoles(first.table, request.roles)
  for (const { table } of sources) requireColumns(table, roles)
  const task = request.task ?? (await findTask(sources, roles, request.signal))
  const built = await buildNamedFolder(parent, async (folder) => {
    const snapshot = await writeSnapshot(folder, sources, roles, task, request)
    return { name: snapshot.hash, result: snapshot }
  })
  return { folder: built.path, snapshot: built.result }
}

async function openSources(request: SnapshotRequest): Promise<readonly Source[]> {
  const { delimiter, header, signal } = request
  const sources: Source[] = []
  for (const { path, part } of request.files) {
    const table = await openTable(path, { delimiter, header })
    sources.push({ table, part, sha256: await sha256File(path, signal) })
  }
  return sources
}

/** Reads the label columns once when only their values tell what is learned. */
async function findTask(
  sources: readonly Source[],
  roles: ColumnRoles,
  signal: AbortSignal | undefined,
): Promise<TaskKind> {
  const surveyor = new LabelSurveyor()
  const decided = roles.label === null || roles.cut.length > 0 || roles.labelSeparator !== null
  for (const { table } of decided ? [] : sources) {
    const at = table.columns.indexOf(roles.label ?? '')
    for await (const record of table.records(signal)) {
      if (record.kind === 'row') surveyor.add(record.values[at])
    }
  }
  return inferTask(roles, surveyor.result())
}

async function writeSnapshot(
  folder: string,
  sources: readonly Source[],
  roles: ColumnRoles,
  task: TaskKind,
  request: SnapshotRequest,
): Promise<Snapshot> {
  const rows = await LineWriter.open(join(folder, snapshotFiles.rows))
  const badRows = await LineWriter.open(join(folder, snapshotFiles.badRows))
  const labels = new Set<string>()
  const sideColumns = new Set<string>()
  const total = sources.reduce((sum, { table }) => sum + table.bytes, 0)
  let before = 0
  try {
    for (const source of sources) {
      const { table } = source
      for await (const item of readRows(source, roles, task, rows, request.signal)) {
        if (item.kind === 'bad') await badRows.write(item.bad)
        else {
          await rows.write(item.row)
          collect(labels, item.row)
        }
        const written = rows.count + badRows.count
        if (written % 4096 === 0) request.onProgress?.(before + item.bytesRead, total)
      }
      for (const column of table.columns) sideColumns.add(column)
      before += table.bytes
    }
  } finally {
    await rows.close()
    await badRows.close()
  }
  request.onProgress?.(total, total)
  requireRows(rows.count, badRows, sources)
  const ordered = task === 'regression' ? [] : orderLabels(labels, roles)
  const names = sources.map(({ table }) => table.name).join(', ')
  if (roles.label !== null) requireClasses(task, ordered, roles.label, names)
  for (const used of [roles.text, roles.pair, roles.label]) sideColumns.delete(used ?? '')
  const content = {
    version: 1 as const,
    task,
    labels: [...ordered],
    roles: { ...roles, cut: [...roles.cut], cutNames: [...roles.cutNames] },
    sideColumns: [...sideColumns],
    rows: rows.count,
    badRows: badRows.count,
    rowsSha256: rows.sha256(),
  }
  const files = sources.map(({ table, part, sha256 }) => ({
    name: table.name,
    part,
    sha256,
    bytes: table.bytes,
    format: table.format,
  }))
  const hash = sha256Json([content, files]).slice(0, 32)
  const snapshot: Snapshot = { ...content, hash, files }
  await writeJsonFile(join(folder, snapshotFiles.description), snapshot)
  return snapshot
}

/** Stops to collect beyond the most classes there may be: requireClasses then refuses. */
function collect(labels: Set<string>, { label }: DataRow): void {
  if (labels.size > mostClasses) return
  if (typeof label === 'string') labels.add(label)
  else if (Array.isArray(label)) for (const one of label) labels.add(String(one))
}

type Item =
  | { readonly kind: 'row'; readonly row: DataRow; readonly bytesRead: number }
  | { readonly kind: 'bad'; readonly bad: BadRow; readonly bytesRead: number }

async function* readRows(
  { table, part }: Source,
  roles: ColumnRoles,
  task: TaskKind,
  written: { readonly count: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Item, void, undefined> {
  const readLabel = labelReader(task, roles)
  const place = (column: string | null): number =>
    column === null ? -1 : table.columns.indexOf(column)
  const [textAt, pairAt, labelAt] = [place(roles.text), place(roles.pair), place(roles.label)]
  for await (const record of table.records(signal)) {
    const { bytesRead } = record
    if (record.kind === 'bad') {
      yield { kind: 'bad', bad: record.bad, bytesRead }
      continue
    }
    const { values, row, line } = record
    const text = values[textAt] ?? ''
    const label: LabelResult =
      text === ''
        ? { kind: 'bad', reason: `The text ("${roles.text}") is empty.` }
        : readLabel(values[labelAt])
    if (label.kind === 'bad') {
      const shown = values
        .map((value) => value ?? '')
        .join(' | ')
        .slice(0, 200)
      const bad = { file: table.name, row, line, reason: label.reason, text: shown }
      yield { kind: 'bad', bad, bytesRead }
      continue
    }
    const columns: Record<string, string> = {}
    table.columns.forEach((column, at) => {
      const value = values[at]
      if (at === textAt || at === pairAt || at === labelAt || value === null || value === undefined)
        return
      Object.defineProperty(columns, column, { value, enumerable: true })
    })
    const pair = pairAt === -1 ? null : (values[pairAt] ?? '')
    const data: DataRow = { id: written.count, part, text, pair, label: label.label, columns }
    yield { kind: 'row', row: data, bytesRead }
  }
}

function requireRows(count: number, badRows: LineWriter, sources: readonly Source[]): void {
  if (count > 0) return
  const names = sources.map(({ table }) => table.path).join(', ')
  const why =
    badRows.count === 0
      ? 'has no rows'
      : `has no row that can be used: all ${badRows.count} were refused. The first: ${badRows.firstReason}`
  throw new GraftError('data.noRows', `${names} ${why}.`.replace('..', '.'), { files: names })
}

/** Writes values as lines of JSON in large pieces, and hashes them on the way. */
class LineWriter {
  count = 0
  firstReason = ''
  private pending: string[] = []
  private characters = 0
  private readonly hash = createHash('sha256')

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<LineWriter> {
    return new LineWriter(await open(path, 'wx'))
  }

  async write(value: DataRow | BadRow): Promise<void> {
    if (this.count === 0 && 'reason' in value) this.firstReason = value.reason
    const line = `${JSON.stringify(value)}\n`
    this.count += 1
    this.pending.push(line)
    this.characters += line.length
    if (this.characters > 1 << 18) await this.flush()
  }

  private async flush(): Promise<void> {
    const text = this.pending.join('')
    this.pending = []
    this.characters = 0
    this.hash.update(text)
    await this.file.writeFile(text)
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.file.close()
    }
  }

  sha256(): string {
    return this.hash.digest('hex')
  }
}
