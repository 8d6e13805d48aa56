import type { BadRow, ColumnRoles, DataRow, Part, TaskKind } from '@shared/domain/dataset'
import { labelReader, type LabelResult } from './labels'
import type { Table } from './table'

/** A row of a file in the form of a snapshot, or refused. */
export type SnapshotRow =
  | { readonly kind: 'row'; readonly row: DataRow; readonly bytesRead: number }
  | { readonly kind: 'bad'; readonly bad: BadRow; readonly bytesRead: number }

/**
 * The rows of a file in the form of a snapshot. Ids go on from what was written: `written.count` is
 * asked for each row.
 */
export async function* readRows(
  { table, part }: { readonly table: Table; readonly part: Part },
  roles: ColumnRoles,
  task: TaskKind,
  written: { readonly count: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<SnapshotRow, void, undefined> {
  const readLabel = labelReader(task, roles, part === 'all' || part === 'train')
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
