import type { Confusion } from '@shared/domain'

export interface ConfusionCell {
  readonly count: number
  /** Part of the rows of this actual class (or the difference of the parts), -1 to 1. */
  readonly ofRow: number
  /** Strength of the tint, 0 to 1. */
  readonly share: number
  /** For differences: above 0 where the change is for the better. */
  readonly good: number
}

export const rowTotals = (confusion: Confusion): readonly number[] =>
  confusion.counts.map((row) => row.reduce((sum, count) => sum + count, 0))

/** Cells of one matrix, or of one minus another over the same labels. */
export function cellsOf(
  confusion: Confusion,
  minus: Confusion | null,
): readonly (readonly ConfusionCell[])[] {
  const totals = rowTotals(confusion)
  const otherTotals = minus === null ? [] : rowTotals(minus)
  const part = (count: number, total: number | undefined): number =>
    total === undefined || total === 0 ? 0 : count / total
  const cells = confusion.counts.map((row, actual) =>
    row.map((own, predicted) => {
      const other = minus?.counts[actual]?.[predicted] ?? 0
      const count = own - other
      const ofRow = part(own, totals[actual]) - part(other, otherTotals[actual])
      const good = Math.sign(count) * (actual === predicted ? 1 : -1)
      return { count, ofRow, share: Math.abs(ofRow), good }
    }),
  )
  if (minus === null) return cells
  const strongest = Math.max(1e-9, ...cells.flat().map((cell) => cell.share))
  return cells.map((row) => row.map((cell) => ({ ...cell, share: cell.share / strongest })))
}
