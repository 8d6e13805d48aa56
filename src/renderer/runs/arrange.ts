import type { Run } from '@shared/domain'
import { fieldsOf, type FieldValue } from './fields'
import { matches, type Filter } from './filter'

export interface Sort {
  readonly column: string
  readonly descending: boolean
}

export interface Arrangement {
  readonly filter: Filter
  readonly sort: Sort
  /** Field by which the rows are grouped; null: no groups. */
  readonly groupBy: string | null
  /** Keys of the groups that are closed. */
  readonly closed: ReadonlySet<string>
}

export type TableRow =
  | { readonly kind: 'run'; readonly key: string; readonly run: Run }
  | {
      readonly kind: 'group'
      readonly key: string
      readonly value: string
      readonly runs: readonly Run[]
      readonly open: boolean
    }

export const newestFirst: Sort = { column: 'number', descending: true }

/** The rows of the table from top to bottom: filtered, sorted, grouped. */
export function arrange(runs: readonly Run[], arrangement: Arrangement): readonly TableRow[] {
  const { filter, sort, groupBy, closed } = arrangement
  const chosen = filter.kind === 'all' ? runs : runs.filter((run) => matches(filter, run))
  const sorted = sortRuns(chosen, sort)
  if (groupBy === null) return sorted.map(runRow)
  return groupRuns(sorted, groupBy).flatMap(({ key, value, members }): TableRow[] => {
    const open = !closed.has(key)
    const header: TableRow = { kind: 'group', key, value, runs: members, open }
    return open ? [header, ...members.map(runRow)] : [header]
  })
}

const runRow = (run: Run): TableRow => ({ kind: 'run', key: run.id, run })

/** Runs in the order of a field; equals by number, runs without the field last either way. */
export function sortRuns(runs: readonly Run[], sort: Sort): readonly Run[] {
  const sign = sort.descending ? -1 : 1
  const keyed = runs.map((run) => ({ run, value: sortKey(fieldsOf(run).get(sort.column)) }))
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) {
      if (a.value === b.value) return b.run.number - a.run.number
      return a.value === null ? 1 : -1
    }
    return sign * compareKeys(a.value, b.value) || b.run.number - a.run.number
  })
  return keyed.map(({ run }) => run)
}

function sortKey(value: FieldValue | undefined): string | number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isNaN(value) ? null : value
  if (typeof value === 'boolean') return Number(value)
  const text = typeof value === 'string' ? value : value.join(' ')
  return text === '' ? null : text
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return collator.compare(String(a), String(b))
}

interface Group {
  readonly key: string
  readonly value: string
  readonly members: readonly Run[]
}

/** Groups by the value of a field; a run with several tags stands in the group of all of them. */
function groupRuns(runs: readonly Run[], field: string): readonly Group[] {
  const groups = new Map<string, Run[]>()
  for (const run of runs) {
    const value = groupValue(fieldsOf(run).get(field))
    const members = groups.get(value)
    if (members === undefined) groups.set(value, [run])
    else members.push(run)
  }
  return [...groups]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || collator.compare(a, b))
    .map(([value, members]) => ({ key: `group:${field}=${value}`, value, members }))
}

function groupValue(value: FieldValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? [...value].sort().join(', ') : String(value)
}

export interface Spread {
  readonly mean: number
  /** Standard deviation of the sample (n − 1); null for a single run. */
  readonly deviation: number | null
  readonly count: number
}

/** Mean and spread of a number over runs; null where none of them has it. */
export function spreadOf(runs: readonly Run[], field: string): Spread | null {
  const values = runs.flatMap((run) => {
    const value = fieldsOf(run).get(field)
    return typeof value === 'number' && Number.isFinite(value) ? [value] : []
  })
  if (values.length === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length === 1) return { mean, deviation: null, count: 1 }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)), count: values.length }
}

/** A set of keys with one put in, or taken out where it was in. */
export function withToggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys)
  if (!next.delete(key)) next.add(key)
  return next
}

/** Runs that a person started: those of ablations have a page of their own. */
export const withoutCells = (runs: readonly Run[]): readonly Run[] =>
  runs.filter((run) => run.ablation === null)
