import type { Run } from '@shared/domain'
import { fieldsOf, type FieldValue } from './fields'

export type ColumnKind =
  'number' | 'name' | 'state' | 'tags' | 'text' | 'value' | 'metric' | 'bytes' | 'duration' | 'time'

/** A column of the run table; its id is the field's name in the filter language. */
export interface Column {
  readonly id: string
  readonly kind: ColumnKind
  /** Pixels, before a person changed it. */
  readonly width: number
}

const fixed: readonly Column[] = [
  { id: 'number', kind: 'number', width: 76 },
  { id: 'name', kind: 'name', width: 220 },
  { id: 'state', kind: 'state', width: 112 },
  { id: 'tags', kind: 'tags', width: 140 },
  { id: 'note', kind: 'text', width: 200 },
  { id: 'model', kind: 'text', width: 140 },
  { id: 'dataset', kind: 'text', width: 84 },
  { id: 'pack', kind: 'text', width: 104 },
  { id: 'steps', kind: 'value', width: 80 },
  { id: 'seconds', kind: 'duration', width: 84 },
  { id: 'samplesPerSecond', kind: 'value', width: 92 },
  { id: 'memory', kind: 'bytes', width: 92 },
  { id: 'disk', kind: 'bytes', width: 92 },
  { id: 'created', kind: 'time', width: 116 },
]

const narrow: ReadonlySet<string> = new Set(['recipe.batch.size', 'recipe.epochs'])

/** What the table shows before a person chose. */
export const defaultColumns: readonly string[] = [
  'number',
  'name',
  'state',
  'test.accuracy',
  'validation.loss',
  'model',
  'dataset',
  'recipe.optimizer.learningRate',
  'recipe.batch.size',
  'recipe.epochs',
  'seconds',
  'created',
  'tags',
]

/** Columns that cannot be taken away: without them a row says nothing. */
export const lastingColumns: ReadonlySet<string> = new Set(['number', 'name'])

const metric = /^(train|validation|test)\./

/** The column of a field; fields that no run has yet get one too, so that a choice is kept. */
export function columnOf(id: string): Column {
  const known = fixed.find((column) => column.id === id)
  if (known !== undefined) return known
  if (metric.test(id)) return { id, kind: 'metric', width: 112 }
  return { id, kind: 'value', width: narrow.has(id) ? 72 : 104 }
}

/** Every column that the runs offer: fixed ones, then recipe fields, then metrics. */
export function availableColumns(runs: readonly Run[]): readonly Column[] {
  const ids = new Set<string>(fixed.map((column) => column.id))
  const metrics = new Set<string>(defaultColumns.filter((id) => metric.test(id)))
  for (const run of runs) {
    for (const name of Object.keys(run.metrics)) metrics.add(name)
  }
  for (const run of runs.slice(0, 100)) {
    for (const id of fieldsOf(run).keys()) if (id.startsWith('recipe.')) ids.add(id)
  }
  return [...ids, ...[...metrics].sort()].map(columnOf)
}

/** What a column shows of a run; undefined where the run has no such field. */
export const cellValue = (run: Run, id: string): FieldValue | undefined => fieldsOf(run).get(id)

/** The last part of a recipe's field name, and what stands before it: `learningRate`, `optimizer`. */
export function shortName(id: string): { readonly name: string; readonly of: string } {
  const parts = id.split('.')
  const name = parts.at(-1) ?? id
  return { name, of: parts.slice(parts[0] === 'recipe' ? 1 : 0, -1).join('.') }
}
