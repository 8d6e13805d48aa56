import { foldWord } from './folding'
import type { RowBatch } from './row-batch'
import type { Term } from './term-index'
import { TermIndex } from './term-index'

/** Where a term stands in the texts of a batch, in order: text, first and last word. */
export interface Hits {
  readonly texts: readonly number[]
  readonly first: readonly number[]
  readonly last: readonly number[]
}

interface GrowingHits extends Hits {
  readonly texts: number[]
  readonly first: number[]
  readonly last: number[]
}

/** What was found, by the numbers of the terms. */
export type Found = readonly (Hits | undefined)[]

const nothing: Hits = { texts: [], first: [], last: [] }

/** The terms that conditions ask for, each looked for once whoever asks. Case does not count. */
export class Probes {
  readonly #numbers = new Map<string, number>()
  readonly #terms: Term[] = []
  #index: TermIndex | null = null

  /** The number of a term, for `hits`. */
  add(term: Term): number {
    const key = `${term.stem ? 'stem' : 'word'} ${foldWord(term.text)}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#terms.length
    this.#numbers.set(key, number)
    this.#terms.push(term)
    this.#index = null
    return number
  }

  /** Finds all terms in one pass over the batch. */
  search(batch: RowBatch): Found {
    this.#index ??= new TermIndex(this.#terms, { caseSensitive: false })
    const found: (GrowingHits | undefined)[] = []
    const { length } = batch.rows
    for (let text = 0; text < 2 * length; text += 1) {
      const [from, to] = [batch.firstWord(text), batch.firstWord(text + 1)]
      this.#index.scan(batch.words, from, to, (term, first, last) => {
        const hits = (found[term] ??= { texts: [], first: [], last: [] })
        hits.texts.push(text)
        hits.first.push(first)
        hits.last.push(last)
      })
    }
    return found
  }
}

export const hitsOf = (found: Found, probe: number): Hits => found[probe] ?? nothing
