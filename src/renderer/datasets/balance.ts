import type { Dataset, DatasetStatistics, PartStatistics } from '@shared/domain'
import { labelledRows } from '@shared/domain'

export interface BalanceLine {
  /** null: rows without a label. */
  readonly label: string | null
  /** Rows in each part, in the order of the parts. */
  readonly counts: readonly number[]
}

/**
 * Rows of each class in each part that has rows. Numbers of a regression have no classes; in a
 * multi-label dataset a row counts for each of its labels.
 */
export function balanceOf(
  { task, labels }: Pick<Dataset, 'task' | 'labels'>,
  statistics: DatasetStatistics,
): { readonly parts: readonly PartStatistics[]; readonly lines: readonly BalanceLine[] } {
  const parts = statistics.parts.filter((part) => part.rows > 0)
  const countOf = (part: PartStatistics, label: string): number => part.labels[label] ?? 0
  const named =
    task === 'regression'
      ? []
      : labels.map((label) => ({ label, counts: parts.map((part) => countOf(part, label)) }))
  const unlabelled = parts.map((part) => part.rows - labelledRows({ task }, part))
  const rest = unlabelled.some((count) => count > 0) ? [{ label: null, counts: unlabelled }] : []
  return { parts, lines: [...named, ...rest] }
}
