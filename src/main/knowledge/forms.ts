import { foldMarks, foldWord } from './folding'

/** The distinct words of texts as they are written, numbered from 0. */
export class Forms {
  readonly #numbers = new Map<string, number>()
  readonly #written: string[] = []
  readonly #folded: string[] = []

  get size(): number {
    return this.#written.length
  }

  /** The number of a word; a word never seen gets the next one. */
  number(word: string): number {
    const known = this.#numbers.get(word)
    if (known !== undefined) return known
    const number = this.#written.length
    this.#numbers.set(word, number)
    this.#written.push(word)
    this.#folded.push(foldWord(word))
    return number
  }

  written(number: number): string {
    return this.#written[number] ?? ''
  }

  /** As words are compared where case does not count. */
  folded(number: number): string {
    return this.#folded[number] ?? ''
  }

  /** As words are compared where case counts. */
  exact(number: number): string {
    return foldMarks(this.written(number))
  }
}
