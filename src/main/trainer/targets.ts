import { GraftError } from '@shared/errors'
import type { DataRow, TaskKind } from '@shared/domain/dataset'

/** Targets of all rows of a run, by position. */
export type TargetTable =
  /** Index of the class; -1 where a row has no label. */
  | { readonly kind: 'classes'; readonly values: Int32Array }
  /** [rows, classes], 0 or 1. */
  | { readonly kind: 'multi-label'; readonly values: Float32Array; readonly classes: number }
  | { readonly kind: 'regression'; readonly values: Float32Array }

/**
 * Labels of rows as numbers. Throws data.labelUnknown for a label that `labels` does not have and
 * data.labelMissing for a row with a label of another kind, naming the row, and for one without a
 * label where the task is not single-label.
 */
export function encodeTargets(
  rows: readonly DataRow[],
  task: TaskKind,
  labels: readonly string[],
): TargetTable {
  const indexOf = new Map(labels.map((label, index) => [label, index]))
  const classOf = (row: DataRow, label: string): number => {
    const index = indexOf.get(label)
    if (index !== undefined) return index
    throw new GraftError(
      'data.labelUnknown',
      `Row ${row.id} has the label "${label}", the run knows ${labels.join(', ')}.`,
      { row: row.id, label },
    )
  }
  switch (task) {
    case 'single-label':
      return {
        kind: 'classes',
        values: Int32Array.from(rows, (row) => {
          if (row.label === null) return -1
          return typeof row.label === 'string' ? classOf(row, row.label) : missing(row, 'a label')
        }),
      }
    case 'multi-label': {
      const values = new Float32Array(rows.length * labels.length)
      rows.forEach((row, position) => {
        const of = typeof row.label === 'string' ? [row.label] : row.label
        if (of === null || typeof of === 'number') return missing(row, 'a list of labels')
        for (const label of of) values[position * labels.length + classOf(row, label)] = 1
      })
      return { kind: 'multi-label', values, classes: labels.length }
    }
    case 'regression':
      return {
        kind: 'regression',
        values: Float32Array.from(rows, (row) =>
          typeof row.label === 'number' ? row.label : missing(row, 'a number'),
        ),
      }
  }
}

const missing = (row: DataRow, what: string): never => {
  throw new GraftError('data.labelMissing', `Row ${row.id} has no label: ${what} is needed.`, {
    row: row.id,
  })
}

/** Targets of the rows at `positions`, in that order: what a training step takes. */
export function gatherTargets(table: TargetTable, positions: ArrayLike<number>): TargetTable {
  const rows = Array.from(positions)
  switch (table.kind) {
    case 'classes':
      return { kind: 'classes', values: Int32Array.from(rows, (row) => table.values[row] ?? 0) }
    case 'regression':
      return {
        kind: 'regression',
        values: Float32Array.from(rows, (row) => table.values[row] ?? 0),
      }
    case 'multi-label': {
      const { classes } = table
      const values = new Float32Array(rows.length * classes)
      rows.forEach((row, index) => {
        values.set(table.values.subarray(row * classes, (row + 1) * classes), index * classes)
      })
      return { kind: 'multi-label', values, classes }
    }
  }
}

/**
 * Weight of each class, n / (k · n_c): every class counts alike in the loss. Classes that no row
 * has get 0.
 */
export function balancedWeights(values: Int32Array, classes: number): Float32Array {
  const counts = new Float32Array(classes)
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts.map((count) => (count === 0 ? 0 : values.length / (classes * count)))
}
