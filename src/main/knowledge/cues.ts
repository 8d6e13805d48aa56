import type { Intensifiers, Lexicon, Negation } from '@shared/domain'
import { foldWord } from './folding'
import type { Found } from './lexicon-terms'
import type { RowBatch } from './row-batch'
import { TermIndex } from './term-index'
import { wordFlags } from './words'
import type { WordTable } from './word-table'

/** A word, or words in a row, that turn or strengthen what comes after; placed at its last word. */
interface Cue {
  readonly first: number
  readonly negates: boolean
  readonly amount: number
}

/** Cues of a text by their last word. */
export type Cues = ReadonlyMap<number, Cue>

const noCues: Cues = new Map()

/** What the words before a term do to its weight. */
export interface Influence {
  readonly negated: boolean
  /** Added to the size of the weight. */
  readonly amount: number
}

/** The negations and intensifiers of a lexicon; their words count whatever their case. */
export class CueFinder {
  readonly #negation: Negation | null
  readonly #intensifiers: Intensifiers | null
  readonly #suffixes: readonly string[]
  readonly #amounts: readonly number[]
  readonly #index: TermIndex

  constructor({ negation, intensifiers }: Pick<Lexicon, 'negation' | 'intensifiers'>) {
    this.#negation = negation
    this.#intensifiers = intensifiers
    this.#suffixes = (negation?.suffixes ?? []).map(foldWord).filter((suffix) => suffix !== '')
    const negating = negation?.words ?? []
    const strengthening = Object.entries(intensifiers?.words ?? {})
    const texts = [...negating, ...strengthening.map(([word]) => word)]
    this.#amounts = strengthening.map(([, amount]) => amount)
    this.#index = new TermIndex(
      texts.map((text) => ({ text, stem: false })),
      { caseSensitive: false },
    )
  }

  find(batch: RowBatch, text: number): Cues {
    if (this.#amounts.length === 0 && this.#negation === null) return noCues
    const { words } = batch
    const [from, to] = [batch.firstWord(text), batch.firstWord(text + 1)]
    const cues = new Map<number, Cue>()
    const negations = this.#negation?.words.length ?? 0
    this.#index.scan(words, from, to, (cue, first, last) => {
      const before = cues.get(last)
      const amount = cue < negations ? 0 : (this.#amounts[cue - negations] ?? 0)
      cues.set(last, {
        first: Math.min(first, before?.first ?? first),
        negates: cue < negations || before?.negates === true,
        amount: amount === 0 ? (before?.amount ?? 0) : amount,
      })
    })
    if (this.#suffixes.length > 0) this.#addSuffixes(words, from, to, cues)
    return cues
  }

  #addSuffixes({ form, forms }: WordTable, from: number, to: number, cues: Map<number, Cue>): void {
    for (let at = from; at < to; at += 1) {
      const word = forms.folded(form[at] ?? 0)
      if (!this.#suffixes.some((suffix) => word.endsWith(suffix))) continue
      cues.set(at, { first: at, amount: 0, ...cues.get(at), negates: true })
    }
  }

  /**
   * What the cues before the word `term` do to it: those within their windows, counted in words
   * from the term back to `from`, in the same sentence, that are not taken by a term of the text.
   */
  influence(
    { words }: Pick<RowBatch, 'words'>,
    from: number,
    term: number,
    cues: Cues,
    found: readonly Found[],
  ): Influence {
    const [turning, strengthening] = [this.#negation?.window ?? 0, this.#intensifiers?.window ?? 0]
    const window = Math.max(turning, strengthening)
    let [negated, amount, distance] = [false, 0, 0]
    for (let at = term - 1; at >= from && distance < window; at -= 1) {
      if (isBorder(words.flags, at)) break
      if (((words.flags[at] ?? 0) & wordFlags.counts) === 0) continue
      distance += 1
      const cue = cues.get(at)
      if (cue === undefined) continue
      const negates = cue.negates && distance <= turning
      if (negates && !found.some((one) => takes(one, cue.first, at, true))) negated = true
      const strengthens = cue.amount !== 0 && distance <= strengthening
      if (strengthens && !found.some((one) => takes(one, cue.first, at, false))) {
        amount += cue.amount * (this.#intensifiers?.decay ?? 1) ** (distance - 1)
      }
    }
    return { negated, amount }
  }
}

/**
 * An intensifier that is itself a term does not intensify; a negation inside a longer term
 * (can't stand) negates nothing else.
 */
function takes(term: Found, first: number, last: number, negates: boolean): boolean {
  if (last < term.first || first > term.last) return false
  return !negates || term.last - term.first > last - first
}

/** Whether a sentence ends between this word and the next. */
const isBorder = (flags: Uint8Array, at: number): boolean =>
  ((flags[at] ?? 0) & wordFlags.endsSentence) !== 0 ||
  ((flags[at + 1] ?? 0) & wordFlags.paragraph) !== 0
