import type { Confusion } from '@shared/domain'
import { formatCount, shorten } from './format'
import { formatTable } from './table'

/** A confusion matrix as a table: actual labels in rows, predicted ones in columns. */
export function confusionTable({ split, labels, counts }: Confusion): readonly string[] {
  const rows = labels.map((label, at) => ({ label, counts: counts[at] ?? [] }))
  return formatTable(
    [
      { title: `${split}: actual \\ predicted`, of: ({ label }) => label },
      ...labels.map((label, at) => ({
        title: shorten(label, 16),
        align: 'right' as const,
        of: (row: (typeof rows)[number]) => formatCount(row.counts[at] ?? 0),
      })),
    ],
    rows,
  )
}
