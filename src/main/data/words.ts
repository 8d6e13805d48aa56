import { Trie, type Found } from './trie'
import type { TextTokenizer } from './tokenizer'

/** Whether tokens are made of bytes, those of a space written as Ġ (GPT-2, RoBERTa). */
export const isByteLevel = (tokenizer: TextTokenizer): boolean => tokenizer.id('Ġ') !== undefined

/** Word of each token, counted from 0 in a row; -1 for special tokens. */
export type WordFinder = (ids: ArrayLike<number>) => Int32Array

/**
 * Which tokens make up one word. WordPiece: a piece with ## belongs to the one before. Byte-level
 * BPE: a word starts with a space (Ġ) or where letters, digits and other characters meet, as the
 * splitting of GPT-2 does (Radford et al. 2019).
 */
export function wordFinder(tokenizer: TextTokenizer): WordFinder {
  const bytes = isByteLevel(tokenizer)
  const known = new Map<number, Edges>()
  const edgesOf = (id: number): Edges => {
    let edges = known.get(id)
    if (edges === undefined) {
      edges = bytes ? byteEdges(tokenizer.token(id) ?? '') : pieceEdges(tokenizer.token(id) ?? '')
      known.set(id, edges)
    }
    return edges
  }
  return (ids) => {
    const words = new Int32Array(ids.length).fill(-1)
    let word = -1
    let before: Kind | undefined
    for (let at = 0; at < ids.length; at += 1) {
      const id = ids[at] ?? 0
      if (tokenizer.special.has(id)) {
        before = undefined
        continue
      }
      const { first, last } = edgesOf(id)
      if (before === undefined || startsWord(first, before)) word += 1
      words[at] = word
      before = last
    }
    return words
  }
}

type Kind = 'start' | 'piece' | 'space' | 'letter' | 'digit' | 'other'

/** What a token begins and ends with. */
interface Edges {
  readonly first: Kind
  readonly last: Kind
}

/** A space belongs to the word behind it. */
const startsWord = (first: Kind, before: Kind): boolean =>
  first === 'start' || first === 'space' || (before !== 'space' && first !== before)

const pieceEdges = (token: string): Edges => ({
  first: token.startsWith('##') && token.length > 2 ? 'piece' : 'start',
  last: 'piece',
})

const byteEdges = (token: string): Edges => ({
  first: kindOf(token.at(0) ?? ''),
  last: kindOf(token.at(-1) ?? ''),
})

/** Bytes beyond ASCII stand for parts of characters; nearly all of these are letters. */
function kindOf(character: string): Kind {
  if (/[\sĠĊĉ]/.test(character)) return 'space'
  if (/[0-9]/.test(character)) return 'digit'
  return /[a-zA-Z]|[^\0-\x7f]/.test(character) ? 'letter' : 'other'
}

/** Terms in a row of tokens, from left to right, none over another. */
export type TermFinder<Content> = (
  ids: ArrayLike<number>,
  words: Int32Array,
) => readonly Found<Content>[]

/**
 * Finds terms as the tokeniser writes them, whole words only; where several start at one place, the
 * longest. Of terms that have the same tokens the first counts. Where the tokeniser keeps case, a term
 * in lower case is also found with a capital letter and in capitals.
 */
export function termFinder<Content>(
  tokenizer: TextTokenizer,
  terms: Iterable<readonly [string, Content]>,
): TermFinder<Content> {
  const trie = new Trie<Content>()
  const formsOf = formsFor(tokenizer)
  for (const [term, content] of terms) {
    const text = term.trim()
    if (text === '') continue
    for (const form of formsOf(text)) trie.add(tokenizer.encodeBare(form), content)
  }
  return (ids, words) => {
    const found: Found<Content>[] = []
    const parts = (at: number): boolean => words[at] !== words[at - 1]
    const ends = (end: number): boolean => end >= ids.length || parts(end)
    for (let at = 0; at < ids.length; at += 1) {
      if ((words[at] ?? -1) < 0 || !(at === 0 || parts(at))) continue
      const match = trie.longest(ids, at, ends)
      if (match === undefined) continue
      found.push(match)
      at = match.end - 1
    }
    return found
  }
}

/** The ways to write a term that have different tokens. */
function formsFor(tokenizer: TextTokenizer): (text: string) => readonly string[] {
  const cased = tokenizer.encodeBare('A').join() !== tokenizer.encodeBare('a').join()
  const bytes = isByteLevel(tokenizer)
  return (text) => {
    const written =
      cased && text === text.toLowerCase()
        ? [text, text.charAt(0).toUpperCase() + text.slice(1), text.toUpperCase()]
        : [text]
    return bytes ? written.flatMap((form) => [form, ` ${form}`]) : written
  }
}
