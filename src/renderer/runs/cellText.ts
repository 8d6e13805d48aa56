import type { Run } from '@shared/domain'
import { formatBytes, formatDuration, formatMetric, formatNumber } from '../ui/format'
import { cellValue, type Column } from './columns'

/** What a cell reads; empty where the run has no such field. */
export function cellText(column: Column, run: Run): string {
  const value = cellValue(run, column.id)
  if (value === undefined || value === null) return ''
  if (typeof value === 'object') return value.join(', ')
  if (typeof value !== 'number') return String(value)
  switch (column.kind) {
    case 'bytes':
      return formatBytes(value)
    case 'duration':
      return value === 0 ? '' : formatDuration(value)
    case 'metric':
      return formatMetric(column.id, value)
    case 'time':
      return new Date(value).toISOString()
    case 'number':
      return String(value)
    case 'name':
    case 'state':
    case 'tags':
    case 'text':
    case 'value':
      return formatNumber(value)
  }
}

/** The cells of a run as a spreadsheet takes them: numbers in full. */
export function tsvCells(
  columns: readonly Column[],
  run: Run,
): readonly (string | number | null)[] {
  return columns.map((column) => {
    const value = cellValue(run, column.id)
    if (value === undefined || value === null) return null
    if (typeof value === 'object') return value.join(', ')
    if (column.kind === 'time' && typeof value === 'number') return new Date(value).toISOString()
    return typeof value === 'boolean' ? String(value) : value
  })
}

const lowerIsBetter = /(^|\.)(loss|mse|mae)(\.|$)/

/** The best value of a metric column, to be set off where there are several; null for others. */
export function bestValue(column: Column, runs: readonly Run[]): number | null {
  if (column.kind !== 'metric') return null
  let best: number | null = null
  let count = 0
  const sign = lowerIsBetter.test(column.id) ? -1 : 1
  for (const run of runs) {
    const value = run.metrics[column.id]
    if (value === undefined || !Number.isFinite(value)) continue
    count += 1
    if (best === null || sign * value > sign * best) best = value
  }
  return count > 1 ? best : null
}
