import type { Dataset } from './dataset'

/** A class and how many rows have it. */
export interface LabelRows {
  readonly label: string
  readonly rows: number
}

/** What often stands in tables for "no value". */
const placeholders: ReadonlySet<string> = new Set(['na', 'n/a', 'null', 'none', 'nan', '?', '-'])

/** Of labels and their rows those that may be meant for "no label", the most frequent first. */
export const missingLooking = (labels: Iterable<readonly [string, number]>): readonly LabelRows[] =>
  Array.from(labels, ([label, rows]) => ({ label, rows }))
    .filter(({ label, rows }) => rows > 0 && placeholders.has(label.trim().toLowerCase()))
    .sort((one, other) => other.rows - one.rows)

/** The same of all parts of a data set; names that a person gave to classes of numbers are meant so. */
export function missingLookingLabels({
  roles,
  statistics,
}: Pick<Dataset, 'roles' | 'statistics'>): readonly LabelRows[] {
  if (roles.cut.length > 0) return []
  const counts = new Map<string, number>()
  for (const [label, rows] of statistics.parts.flatMap(({ labels }) => Object.entries(labels))) {
    counts.set(label, (counts.get(label) ?? 0) + rows)
  }
  return missingLooking(counts)
}
