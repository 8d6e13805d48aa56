import type { Hits } from './probes'
import { wordFlags } from './words'
import type { WordTable } from './word-table'

/**
 * Places of two terms in the same text with at most `within` words in between, in either order, as
 * pairs of positions in their hits. For each place of the first only the nearest of the second on
 * either side are looked at.
 */
export function* nearPairs(
  first: Hits,
  second: Hits,
  within: number,
  words: WordTable,
): Generator<readonly [number, number], void, undefined> {
  let after = 0
  for (let at = 0; at < first.texts.length; at += 1) {
    const text = first.texts[at] ?? 0
    const [begin, end] = [first.first[at] ?? 0, first.last[at] ?? 0]
    while (after < second.texts.length && (second.first[after] ?? 0) <= end) after += 1
    if (second.texts[after] === text && isNear(end, second.first[after] ?? 0, within, words)) {
      yield [at, after]
    }
    const before = lastBefore(second, after, begin)
    if (second.texts[before] === text && isNear(second.last[before] ?? 0, begin, within, words)) {
      yield [at, before]
    }
  }
}

/** The last place, before the position `from` of the hits, that ends before the word `begin`. */
function lastBefore({ last }: Hits, from: number, begin: number): number {
  let at = from - 1
  while (at >= 0 && (last[at] ?? 0) >= begin) at -= 1
  return at
}

function isNear(left: number, right: number, within: number, { flags }: WordTable): boolean {
  let between = 0
  for (let at = left + 1; at < right; at += 1) {
    if (((flags[at] ?? 0) & wordFlags.counts) !== 0) between += 1
    if (between > within) return false
  }
  return true
}
