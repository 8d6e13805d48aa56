import type { FilePreview, Histogram } from '@shared/domain'

/** The numbers of a column in the rows that were read; what is empty or no number is left out. */
export function numbersOf({ columns, rows }: FilePreview, name: string): readonly number[] {
  const at = columns.findIndex((column) => column.name === name)
  return rows.flatMap((row) => {
    const text = row[at]?.trim() ?? ''
    const value = Number(text)
    return text === '' || !Number.isFinite(value) ? [] : [value]
  })
}

/**
 * Counts of values in bars of one width between the least and the greatest. A bar holds its lower
 * edge; the last one holds its upper edge too. One bar where all values are the same.
 */
export function histogramOf(values: readonly number[], bars = 40): Histogram {
  if (values.length === 0) return { edges: [0], counts: [] }
  const least = values.reduce((a, b) => Math.min(a, b))
  const greatest = values.reduce((a, b) => Math.max(a, b))
  if (least === greatest) return { edges: [least, greatest], counts: [values.length] }
  const width = (greatest - least) / bars
  const counts = new Array<number>(bars).fill(0)
  for (const value of values) {
    const bar = Math.min(bars - 1, Math.floor((value - least) / width))
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  const edges = Array.from({ length: bars }, (_, bar) => least + bar * width)
  return { edges: [...edges, greatest], counts }
}

/** How many values fall into each class; a value at a cut point belongs to the class above it. */
export function countClasses(
  values: readonly number[],
  cuts: readonly number[],
): readonly number[] {
  const counts = new Array<number>(cuts.length + 1).fill(0)
  for (const value of values) {
    const index = cuts.filter((cut) => value >= cut).length
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}

/** Cut points that give as many classes of about the same size as the values allow. */
export function evenCuts(values: readonly number[], classes: number): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const cuts: number[] = []
  for (let index = 1; index < classes; index++) {
    const cut = sorted[Math.round((index * sorted.length) / classes)]
    if (cut !== undefined && cut > (cuts.at(-1) ?? sorted[0] ?? cut)) cuts.push(cut)
  }
  return cuts
}
