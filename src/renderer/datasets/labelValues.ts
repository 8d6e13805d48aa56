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

/** Steps between neighbours below this share of a step are rounding. */
const rounding = 1e-9

/**
 * Counts of values in bars of one width; a bar holds its lower edge. Values on a coarse scale, such
 * as stars, get a bar each; others are spread over `most` bars, the last holding the greatest too.
 */
export function histogramOf(values: readonly number[], most = 48): Histogram {
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  const [least = 0] = sorted
  const greatest = sorted.at(-1) ?? least
  if (sorted.length < 2) return { edges: [least, greatest], counts: [values.length] }
  const gap = sorted.reduce(
    (width, value, index) => Math.min(width, value - (sorted[index - 1] ?? -Infinity)),
    Infinity,
  )
  const steps = Math.round((greatest - least) / gap) + 1
  const coarse = steps <= most
  const bars = coarse ? steps : most
  const width = coarse ? gap : (greatest - least) / most
  const counts = new Array<number>(bars).fill(0)
  for (const value of values) {
    const bar = Math.min(bars - 1, Math.floor((value - least) / width + rounding))
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  return { edges: Array.from({ length: bars + 1 }, (_, bar) => least + bar * width), counts }
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
