import type { Histogram } from '@shared/domain'

export const rowsOf = ({ counts }: Histogram): number => counts.reduce((sum, each) => sum + each, 0)

/**
 * The value that a share of the rows does not exceed, as the upper edge of its bar: an honest "at
 * most", not an interpolation.
 */
export function quantile(histogram: Histogram, share: number): number {
  const wanted = share * rowsOf(histogram)
  let sum = 0
  for (const [index, count] of histogram.counts.entries()) {
    sum += count
    if (sum >= wanted) return Math.ceil(histogram.edges[index + 1] ?? 0)
  }
  return Math.ceil(histogram.edges.at(-1) ?? 0)
}
