/**
 * Cut points as they are typed: `-0.5, 0.5`. null for what is not a list of ascending numbers; an
 * empty text is an empty list.
 */
export function parseCuts(text: string): readonly number[] | null {
  const words = text.split(/[,;\s]+/).filter((word) => word !== '')
  const cuts = words.map(Number)
  const ascending = cuts.every((cut, index) => index === 0 || cut > (cuts[index - 1] ?? cut))
  return cuts.every(Number.isFinite) && ascending ? cuts : null
}

export interface Interval {
  /** null: no limit on this side. A value equal to `from` belongs to the interval. */
  readonly from: number | null
  readonly to: number | null
}

/** The intervals between cut points: one more than there are points, none without points. */
export function intervals(cuts: readonly number[]): readonly Interval[] {
  if (cuts.length === 0) return []
  return [null, ...cuts].map((from, index) => ({ from, to: cuts[index] ?? null }))
}

/** The name of each class: as it was typed, or its interval in words where nothing was. */
export const classNames = (
  cuts: readonly number[],
  typed: readonly string[],
  describe: (interval: Interval) => string,
): readonly string[] =>
  intervals(cuts).map((interval, index) => typed[index]?.trim() || describe(interval))

/** Names that stand more than once: classes must be told apart. */
export function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index)
}
