import type { Contrast, Lexicon } from '@shared/domain'
import type { Found } from './lexicon-terms'
import { RowBatch } from './row-batch'
import { TermIndex } from './term-index'
import { wordFlags } from './words'

/** Where a text turns: the word that contrasts, its characters, `end` behind the last, and the word behind it. */
export interface Turn {
  readonly next: number
  readonly start: number
  readonly end: number
}

/** Finds the words that contrast; they count whatever their case. */
export class ContrastFinder {
  readonly #words: number
  readonly #index: TermIndex

  constructor(words: readonly string[]) {
    this.#words = words.length
    const terms = words.map((text) => ({ text, stem: false }))
    this.#index = new TermIndex(terms, { caseSensitive: false })
  }

  /**
   * The last one in a text that words, not signs alone, stand before and behind; undefined: none. One
   * inside a longer term that was found (last but not least) contrasts nothing.
   */
  find(batch: RowBatch, text: number, found: readonly Found[]): Turn | undefined {
    if (this.#words === 0) return undefined
    const { words } = batch
    const [from, to] = [batch.firstWord(text), batch.firstWord(text + 1)]
    const holdsWords = (first: number, end: number): boolean =>
      words.flags.subarray(first, end).some((flags) => (flags & wordFlags.counts) !== 0)
    let turn: Turn | undefined
    this.#index.scan(words, from, to, (_term, first, last) => {
      if (!holdsWords(from, first) || !holdsWords(last + 1, to)) return
      if (found.some((term) => isInside(first, last, term))) return
      turn = { next: last + 1, start: words.start[first] ?? 0, end: words.end[last] ?? 0 }
    })
    return turn
  }
}

const isInside = (first: number, last: number, term: Found): boolean =>
  term.first <= first && last <= term.last && last - first < term.last - term.first

/** What a turn makes of the weight of a term. */
export function contrastFactor(
  contrast: Contrast | null,
  turn: Turn | undefined,
  { start, end }: Pick<Found, 'start' | 'end'>,
): number {
  if (contrast === null || turn === undefined) return 1
  if (end <= turn.start) return contrast.before
  return start >= turn.end ? contrast.after : 1
}

/** What stands in each text behind the last contrasting word of any of the lexicons; undefined: none does. */
export function behindContrast(
  lexicons: readonly Pick<Lexicon, 'contrast'>[],
  texts: readonly string[],
): readonly (string | undefined)[] {
  const contrasting = lexicons.flatMap(({ contrast }) => contrast?.words ?? [])
  if (contrasting.length === 0) return texts.map(() => undefined)
  const finder = new ContrastFinder(contrasting)
  const batch = RowBatch.of(texts.map((text) => ({ text, pair: null, columns: {} })))
  return texts.map((text, row) => {
    const turn = finder.find(batch, 2 * row, [])
    return turn === undefined ? undefined : text.slice(turn.end).trim()
  })
}
