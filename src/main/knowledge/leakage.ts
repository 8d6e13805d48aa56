import { foldWord } from './folding'
import { readWords, wordFlags } from './words'

/** Words that tell a text from another; shorter ones may stand anywhere by chance. */
const fewestWords = 4
const fewestCharacters = 8

/** Texts that a pack must not know, to be found in what it says: word for word, without symbols. */
export class HeldOutTexts {
  /** By their first words. */
  readonly #texts = new Map<string, { readonly words: readonly string[]; readonly row: number }[]>()

  add(text: string, row: number): void {
    const words = wordsOf(text)
    const characters = words.reduce((sum, word) => sum + word.length, 0)
    if (words.length < fewestWords || characters < fewestCharacters) return
    const key = beginning(words, 0)
    const same = this.#texts.get(key)
    if (same === undefined) this.#texts.set(key, [{ words, row }])
    else same.push({ words, row })
  }

  /** Adds to `found` the rows whose texts stand in this text. */
  find(text: string, found: Set<number>): void {
    if (this.#texts.size === 0 || text.length < fewestCharacters) return
    const words = wordsOf(text)
    for (let at = 0; at + fewestWords <= words.length; at += 1) {
      for (const held of this.#texts.get(beginning(words, at)) ?? []) {
        if (held.words.every((word, index) => words[at + index] === word)) found.add(held.row)
      }
    }
  }
}

function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  readWords(text, (start, end, flags) => {
    if ((flags & wordFlags.counts) !== 0) words.push(foldWord(text.slice(start, end)))
  })
  return words
}

const beginning = (words: readonly string[], at: number): string =>
  words.slice(at, at + fewestWords).join(' ')
