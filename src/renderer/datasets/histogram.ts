import type { Histogram } from '@shared/domain'

export const rowsOf = ({ counts }: Histogram): number => counts.reduce((sum, each) => sum + each, 0)

/**
 * The length that a share of the rows does not exceed. Lengths are whole numbers and a bar ends
 * before its upper edge: the longest length that the bar can hold, an honest "at most".
 */
export function quantile(histogram: Histogram, share: number): number {
  const wanted = share * rowsOf(histogram)
  let sum = 0
  for (const [index, count] of histogram.counts.entries()) {
    sum += count
    if (sum >= wanted) return Math.ceil(histogram.edges[index + 1] ?? 0) - 1
  }
  return Math.ceil(histogram.edges.at(-1) ?? 1) - 1
}

/** Rows longer than a limit; within the bar that the limit cuts they are taken as spread evenly. */
export function rowsAbove(histogram: Histogram, limit: number): number {
  const above = histogram.counts.map((count, index) => {
    const from = histogram.edges[index] ?? 0
    const to = histogram.edges[index + 1] ?? from
    const share = to === from ? 0 : (to - (limit + 1)) / (to - from)
    return count * Math.min(1, Math.max(0, share))
  })
  return Math.round(above.reduce((sum, each) => sum + each, 0))
}

/** Where a length lies between the first and the last edge, 0 to 1; null outside of them. */
export function placeOf({ edges }: Histogram, length: number): number | null {
  const [first = 0] = edges
  const last = edges.at(-1) ?? first
  return length < first || length >= last ? null : (length - first) / (last - first)
}
