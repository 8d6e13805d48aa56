import type { ColumnRoles } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { describeColumns } from './columns'
import type { Table } from './table'

const sampleRows = 500

/** The roles as a person gives them; what is left out is guessed. */
export type RoleInput = { readonly [Key in keyof ColumnRoles]?: ColumnRoles[Key] | undefined }

/**
 * Completes the roles of a table's columns and checks that the table has them.
 *
 * Throws data.columnUnknown (naming file, column and the columns there are), data.columnAmbiguous
 * when the text column is neither given nor to be guessed, input.invalid for wrong cut points.
 */
export async function resolveRoles(table: Table, input: RoleInput): Promise<ColumnRoles> {
  const suggested = await suggestRoles(table, input)
  const text = input.text ?? suggested.text
  if (text === undefined) {
    throw new GraftError(
      'data.columnAmbiguous',
      `${table.name}: which column holds the text? There are ${list(table.columns)}.`,
      { file: table.path, columns: table.columns },
    )
  }
  const other = (column: string | null | undefined): string | null =>
    column === text ? null : (column ?? null)
  const roles: ColumnRoles = {
    text,
    pair: input.pair === undefined ? other(suggested.pair) : input.pair,
    label: input.label === undefined ? other(suggested.label) : input.label,
    cut: input.cut ?? [],
    cutNames: input.cutNames ?? [],
    labelSeparator: input.labelSeparator ?? null,
  }
  requireColumns(table, roles)
  return { ...roles, cutNames: checkCut(roles) }
}

async function suggestRoles(table: Table, input: RoleInput): Promise<Partial<ColumnRoles>> {
  if (input.text !== undefined && input.pair !== undefined && input.label !== undefined) return {}
  const rows: (readonly (string | null)[])[] = []
  for await (const record of table.records()) {
    if (record.kind === 'row') rows.push(record.values)
    if (rows.length >= sampleRows) break
  }
  return describeColumns(table.columns, rows).suggested
}

/** Throws data.columnUnknown for the first role whose column the table does not have. */
export function requireColumns(
  table: Pick<Table, 'path' | 'name' | 'columns'>,
  roles: Pick<ColumnRoles, 'text' | 'pair' | 'label'>,
): void {
  for (const column of [roles.text, roles.pair, roles.label]) {
    if (column === null || table.columns.includes(column)) continue
    throw new GraftError(
      'data.columnUnknown',
      `${table.name} has no column "${column}". It has ${list(table.columns)}.`,
      { file: table.path, column, columns: table.columns },
    )
  }
}

const list = (columns: readonly string[]): string => {
  const shown = columns.slice(0, 20).map((column) => `"${column}"`)
  return columns.length > 20
    ? `${shown.join(', ')} and ${columns.length - 20} more`
    : shown.join(', ')
}

function checkCut({ cut, cutNames }: ColumnRoles): readonly string[] {
  if (cut.some((point, at) => !Number.isFinite(point) || point <= (cut[at - 1] ?? -Infinity))) {
    throw new GraftError('input.invalid', 'Cut points must be numbers that ascend.', { cut })
  }
  if (cut.length === 0) return []
  if (cutNames.length === 0) return rangeNames(cut)
  if (cutNames.length !== cut.length + 1 || new Set(cutNames).size !== cutNames.length) {
    throw new GraftError(
      'input.invalid',
      `${cut.length} cut points make ${cut.length + 1} classes, which need as many different names; there are ${cutNames.length}.`,
      { cut, cutNames },
    )
  }
  return cutNames
}

/** Names such as `below -0.5`, `-0.5 to 0.5`, `0.5 and above`. */
function rangeNames(cut: readonly number[]): readonly string[] {
  const between = cut.slice(1).map((point, at) => `${cut[at]} to ${point}`)
  return [`below ${cut[0]}`, ...between, `${cut.at(-1)} and above`]
}
