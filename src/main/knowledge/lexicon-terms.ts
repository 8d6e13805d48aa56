import type { LexiconEntry, MatchKind } from '@shared/domain'
import type { Pattern } from './pattern'
import { compilePattern } from './pattern'
import type { RowBatch } from './row-batch'
import { TermIndex } from './term-index'

/** A term of a lexicon found in a text: its entry, its words in the table, its characters. */
export interface Found {
  readonly entry: number
  readonly first: number
  readonly last: number
  readonly start: number
  readonly end: number
}

/** The terms in a text, in order, none over another: where two share words, the longer stays. */
export type FindTerms = (batch: RowBatch, text: number) => readonly Found[]

/** How the entries of a lexicon are found. Throws SyntaxError for a damaged pattern. */
export function findTerms(
  entries: readonly LexiconEntry[],
  match: MatchKind,
  caseSensitive: boolean,
): FindTerms {
  if (match === 'regex') {
    return findPatterns(entries.map(({ term }) => compilePattern(term, { caseSensitive })))
  }
  const terms = entries.map(({ term }) => ({ text: term, stem: match === 'stem' }))
  const index = new TermIndex(terms, { caseSensitive })
  return (batch, text) => {
    const { words } = batch
    const found: Found[] = []
    index.scan(words, batch.firstWord(text), batch.firstWord(text + 1), (entry, first, last) => {
      const [start, end] = [words.start[first] ?? 0, words.end[last] ?? 0]
      found.push({ entry, first, last, start, end })
    })
    return withoutOverlaps(found)
  }
}

function findPatterns(patterns: readonly Pattern[]): FindTerms {
  return (batch, text) => {
    const folded = batch.folded()[text] ?? ''
    const found: Found[] = []
    patterns.forEach(({ literals, find }, entry) => {
      if (!literals.every((strings) => strings.some((string) => folded.includes(string)))) return
      for (const [start, end] of find(batch.text(text))) {
        found.push({ entry, ...wordsAt(batch, text, start, end), start, end })
      }
    })
    return withoutOverlaps(found)
  }
}

/** The words that characters of a text lie in; `last` is before `first` between two words. */
function wordsAt(
  batch: RowBatch,
  text: number,
  start: number,
  end: number,
): { readonly first: number; readonly last: number } {
  const { words } = batch
  const stop = batch.firstWord(text + 1)
  let first = batch.firstWord(text)
  while (first < stop && (words.end[first] ?? 0) <= start) first += 1
  let last = first
  while (last < stop && (words.start[last] ?? 0) < end) last += 1
  return { first, last: last - 1 }
}

function withoutOverlaps(found: readonly Found[]): readonly Found[] {
  if (found.every((one, at) => at === 0 || (found[at - 1]?.end ?? 0) <= one.start)) return found
  const longestFirst = found.toSorted(
    (a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start,
  )
  const kept: Found[] = []
  const taken = new Set<number>()
  for (const one of longestFirst) {
    // What is kept already is longer: it would hold an end of this one.
    if (taken.has(one.start) || taken.has(one.end - 1)) continue
    kept.push(one)
    for (let at = one.start; at < one.end; at += 1) taken.add(at)
  }
  return kept.toSorted((a, b) => a.start - b.start)
}
