import { someOf } from '../../knowledge/spread'
import type { Prepared } from '../prepare'

/** Rows by position, and the classes of their labels. */
export interface LabelledRows {
  readonly rows: Int32Array
  readonly y: Int32Array
}

/** Rows that a trial looks at, at most: more would tell the same and cost more. */
const mostRows = 1000

/** The labelled training rows; of very many, so many that lie evenly among them. */
export function labelledRows({ parts, targets }: Prepared): LabelledRows {
  const rows = someOf(parts.train, mostRows)
  return { rows, y: rows.map((row) => targets.values[row] ?? 0) }
}
