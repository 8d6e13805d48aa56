import type { Series } from '@shared/domain'
import { appendTail } from './curves'

export type SeriesByName = ReadonlyMap<string, Series>

export const byName = (series: readonly Series[]): SeriesByName =>
  new Map(series.map((each) => [each.name, each]))

/** The curves with the points of the tails appended; a tail of a new name starts a curve. */
export function withTails(whole: SeriesByName, tails: readonly Series[]): SeriesByName {
  const next = new Map(whole)
  for (const tail of tails) {
    const base = next.get(tail.name)
    next.set(tail.name, base === undefined ? tail : appendTail(base, tail))
  }
  return next
}
