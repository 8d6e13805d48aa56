/**
 * Colours of series: Okabe & Ito, "Color Universal Design" (2008), darkened or lightened where
 * the theme's background needs it; after the seventh series the same colours return dashed.
 */
export interface SeriesStyle {
  readonly light: string
  readonly dark: string
  /** Lengths of dash and gap in CSS pixels; empty: a solid line. */
  readonly dash: readonly number[]
}

const colours: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#56a8e0'],
  ['#d55e00', '#f08a3c'],
  ['#008a64', '#2fc094'],
  ['#b1568d', '#e091bf'],
  ['#9a6a00', '#e6a817'],
  ['#3f8fc4', '#8ecdf2'],
  ['#4d4a45', '#c9c4bb'],
]

const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [12, 4], [1, 2]]

/** The style of the n-th series, from 0. A run passes its own number: one colour on every screen. */
export function seriesStyle(index: number): SeriesStyle {
  const safe = Math.max(0, Math.trunc(index))
  const [light, dark] = colours[safe % colours.length] ?? ['#0072b2', '#56a8e0']
  const dash = dashes[Math.floor(safe / colours.length) % dashes.length] ?? []
  return { light, dark, dash }
}

/** The style of a run, by its number in the workspace (from 1). */
export const runStyle = (runNumber: number): SeriesStyle => seriesStyle(runNumber - 1)
