import { join } from 'node:path'
import type { ColumnRoles, DataRow, Part, TaskKind } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { buildNamedFolder } from '../platform/atomic'
import { sha256File, sha256Json } from '../platform/hash'
import { writeJsonFile } from '../platform/json'
import { openTable } from './detect'
import { inferTask, LabelSurveyor, mostClasses, orderLabels, requireClasses } from './labels'
import { LineWriter } from './line-writer'
import type { RoleInput } from './roles'
import { requireColumns, resolveRoles } from './roles'
import { readRows } from './snapshot-rows'
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

interface WrittenRows {
  readonly rows: number
  readonly badRows: number
  /** Why the first refused row was refused; null: none was. */
  readonly firstReason: string | null
  readonly labels: ReadonlySet<string>
  /** SHA-256 of the file of rows. */
  readonly sha256: string
}

async function writeSnapshot(
  folder: string,
  sources: readonly Source[],
  roles: ColumnRoles,
  task: TaskKind,
  request: SnapshotRequest,
): Promise<Snapshot> {
  const written = await writeRows(folder, sources, roles, task, request)
  requireRows(written, sources)
  const labels = task === 'regression' ? [] : orderLabels(written.labels, roles)
  const names = sources.map(({ table }) => table.name).join(', ')
  if (roles.label !== null) requireClasses(task, labels, roles.label, names)
  const sideColumns = new Set(sources.flatMap(({ table }) => table.columns))
  for (const used of [roles.text, roles.pair, roles.label]) sideColumns.delete(used ?? '')
  const content = {
    version: 1 as const,
    task,
    labels: [...labels],
    roles: { ...roles, cut: [...roles.cut], cutNames: [...roles.cutNames] },
    sideColumns: [...sideColumns],
    rows: written.rows,
    badRows: written.badRows,
    rowsSha256: written.sha256,
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

async function writeRows(
  folder: string,
  sources: readonly Source[],
  roles: ColumnRoles,
  task: TaskKind,
  request: SnapshotRequest,
): Promise<WrittenRows> {
  const rows = await LineWriter.open(join(folder, snapshotFiles.rows))
  const badRows = await LineWriter.open(join(folder, snapshotFiles.badRows))
  const labels = new Set<string>()
  let firstReason: string | null = null
  const total = sources.reduce((sum, { table }) => sum + table.bytes, 0)
  let before = 0
  try {
    for (const source of sources) {
      for await (const item of readRows(source, roles, task, rows, request.signal)) {
        if (item.kind === 'bad') {
          firstReason ??= item.bad.reason
          await badRows.write(item.bad)
        } else {
          await rows.write(item.row)
          collect(labels, item.row)
        }
        const done = rows.count + badRows.count
        if (done % 4096 === 0) request.onProgress?.(before + item.bytesRead, total)
      }
      before += source.table.bytes
    }
  } finally {
    await rows.close()
    await badRows.close()
  }
  request.onProgress?.(total, total)
  const counts = { rows: rows.count, badRows: badRows.count }
  return { ...counts, firstReason, labels, sha256: rows.sha256() }
}

/** Stops to collect beyond the most classes there may be: requireClasses then refuses. */
function collect(labels: Set<string>, { label }: DataRow): void {
  if (labels.size > mostClasses) return
  if (typeof label === 'string') labels.add(label)
  else if (Array.isArray(label)) for (const one of label) labels.add(String(one))
}

function requireRows(
  { rows, badRows, firstReason }: WrittenRows,
  sources: readonly Source[],
): void {
  if (rows > 0) return
  const names = sources.map(({ table }) => table.path).join(', ')
  throw new GraftError(
    'data.noRows',
    firstReason === null
      ? `${names} has no rows.`
      : `${names} has no row that can be used: all ${badRows} were refused. The first: ${firstReason}`,
    { files: names },
  )
}
