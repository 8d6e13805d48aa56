import type { Forms } from './forms'
import { foldMarks, foldWord } from './folding'
import type { WordTable } from './word-table'
import { readWords, wordFlags } from './words'

/** A term that is looked for: words in a row, the last one a beginning where `stem` is true. */
export interface Term {
  readonly text: string
  readonly stem: boolean
}

/** Takes what was found: the number of the term, its first and its last word in the table. */
export type MatchSink = (term: number, first: number, last: number) => void

interface Node {
  readonly next: Map<number, Node>
  /** By the number of a stem; null in most nodes. */
  stems: Map<number, Node> | null
  readonly terms: number[]
}

const makeNode = (): Node => ({ next: new Map(), stems: null, terms: [] })

/** How the forms of a table read in this index; grows with the forms. */
interface Reading {
  /** Per form: number of its word in the index, 0: in no term. */
  words: Int32Array
  /** Per form: the stems it begins with, longest first; undefined: none. */
  readonly stems: (readonly number[] | undefined)[]
  known: number
}

/**
 * Finds any number of terms in one pass over a table of words: a trie over words, so that the time
 * depends on the words of the texts and hardly on how many terms there are. White space inside a
 * term stands for any white space; where a term has none, the text must have none.
 */
export class TermIndex {
  readonly #fold: (word: string) => string
  readonly #words = new Map<string, number>()
  readonly #stems = new Map<string, number>()
  #longestStem = 0
  /** Nodes behind the first word, by its number. */
  readonly #roots: (Node | undefined)[] = []
  readonly #stemRoots: (Node | undefined)[] = []
  readonly #readings = new WeakMap<Forms, Reading>()

  constructor(terms: readonly Term[], options: { readonly caseSensitive: boolean }) {
    this.#fold = options.caseSensitive ? foldMarks : foldWord
    terms.forEach((term, number) => this.#add(term, number))
  }

  #add({ text, stem }: Term, number: number): void {
    const parts: { word: string; gap: number }[] = []
    readWords(text, (start, end, flags) => {
      parts.push({ word: this.#fold(text.slice(start, end)), gap: flags & wordFlags.gap })
    })
    let node: Node | undefined
    parts.forEach(({ word, gap }, at) => {
      const last = stem && at === parts.length - 1
      const id = last ? this.#stemNumber(word) : numberOf(this.#words, word)
      if (node === undefined) {
        const roots = last ? this.#stemRoots : this.#roots
        node = roots[id] ??= makeNode()
        return
      }
      const edges: Map<number, Node> = last ? (node.stems ??= new Map()) : node.next
      const key = 2 * id + gap
      const next = edges.get(key) ?? makeNode()
      edges.set(key, next)
      node = next
    })
    node?.terms.push(number)
  }

  #stemNumber(stem: string): number {
    this.#longestStem = Math.max(this.#longestStem, stem.length)
    return numberOf(this.#stems, stem)
  }

  /** Everything that stands in the words from `from` to below `to`, overlaps included. */
  scan(table: WordTable, from: number, to: number, sink: MatchSink): void {
    const reading = this.#read(table.forms)
    const { words, stems } = reading
    const { form } = table
    for (let at = from; at < to; at += 1) {
      const number = form[at] ?? 0
      const word = words[number] ?? 0
      const node = word === 0 ? undefined : this.#roots[word]
      if (node !== undefined) walk(node, at, to, table, reading, sink)
      for (const stem of stems[number] ?? []) {
        for (const term of this.#stemRoots[stem]?.terms ?? []) sink(term, at, at)
      }
    }
  }

  #read(forms: Forms): Reading {
    let reading = this.#readings.get(forms)
    if (reading === undefined) {
      reading = { words: new Int32Array(forms.size), stems: [], known: 0 }
      this.#readings.set(forms, reading)
    }
    if (reading.known < forms.size) this.#extend(reading, forms)
    return reading
  }

  #extend(reading: Reading, forms: Forms): void {
    if (reading.words.length < forms.size) {
      const grown = new Int32Array(Math.max(forms.size, 2 * reading.words.length))
      grown.set(reading.words)
      reading.words = grown
    }
    const folded = this.#fold === foldWord
    for (let number = reading.known; number < forms.size; number += 1) {
      const word = folded ? forms.folded(number) : forms.exact(number)
      reading.words[number] = this.#words.get(word) ?? 0
      const stems = this.#stemsOf(word)
      if (stems.length > 0) reading.stems[number] = stems
    }
    reading.known = forms.size
  }

  #stemsOf(word: string): readonly number[] {
    const found: number[] = []
    for (let length = Math.min(word.length, this.#longestStem); length > 0; length -= 1) {
      const stem = this.#stems.get(word.slice(0, length))
      if (stem !== undefined) found.push(stem)
    }
    return found
  }
}

/** From 1, in the order in which they come. */
function numberOf(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, numbers.size + 1)
  return numbers.size
}

function walk(
  root: Node,
  first: number,
  to: number,
  table: WordTable,
  { words, stems }: Reading,
  sink: MatchSink,
): void {
  let node: Node | undefined = root
  let last = first
  while (node !== undefined) {
    for (const term of node.terms) report(table, term, first, last, sink)
    last += 1
    if (last >= to) return
    const number = table.form[last] ?? 0
    const gap = (table.flags[last] ?? 0) & wordFlags.gap
    if (node.stems !== null) {
      for (const stem of stems[number] ?? []) {
        const ending = node.stems.get(2 * stem + gap)
        for (const term of ending?.terms ?? []) report(table, term, first, last, sink)
      }
    }
    const word = words[number] ?? 0
    node = word === 0 ? undefined : node.next.get(2 * word + gap)
  }
}

function report(
  table: WordTable,
  term: number,
  first: number,
  last: number,
  sink: MatchSink,
): void {
  if (first === last || canStandThere(table, first, last)) sink(term, first, last)
}

/**
 * Emoticons of one letter or digit and symbols are found only where they can be meant: `8)` not in
 * `(8)`, `:3` not in `2:3`.
 */
function canStandThere(table: WordTable, first: number, last: number): boolean {
  const { flags, form, forms, start, end } = table
  const isWord = (at: number): boolean => ((flags[at] ?? 0) & wordFlags.counts) !== 0
  const isGlued = (at: number): boolean => ((flags[at] ?? 0) & wordFlags.gap) === 0
  if (!isGlued(first) || !isGlued(last) || isWord(first) === isWord(last)) return true
  if (!isWord(first)) {
    const startsWithDigit = (at: number): boolean => /^\d/.test(forms.written(form[at] ?? 0))
    return !(startsWithDigit(first - 1) && startsWithDigit(last))
  }
  return (end[first] ?? 0) - (start[first] ?? 0) > 1 || isWord(first - 1)
}
