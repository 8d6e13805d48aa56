import type { NewToken } from '../../data/grown-tokenizer'
import type { TextTokenizer } from '../../data/tokenizer'
import { isByteLevel, termFinder, wordFinder } from '../../data/words'

/** A term that becomes a token, and the tokens that it was until then. */
export interface ChosenTerm extends NewToken {
  readonly pieces: readonly number[]
}

/**
 * The terms that become tokens, with ids from the end of the vocabulary on. Terms that are one token
 * already and those that the tokeniser writes like an earlier one are left out; of more than `most`,
 * those that shorten the texts the most stay, in the order of `terms`.
 */
export function chooseTerms(
  tokenizer: TextTokenizer,
  terms: readonly string[],
  texts: readonly string[],
  most: number,
): readonly ChosenTerm[] {
  const withSpace = isByteLevel(tokenizer)
  const candidates = new Map<string, { readonly content: string; readonly pieces: number[] }>()
  for (const term of terms) {
    const content = term.trim()
    const pieces = [...tokenizer.encodeBare(withSpace ? ` ${content}` : content)]
    const unknown = pieces.some((piece) => tokenizer.special.has(piece))
    const key = unknown ? content.toLowerCase() : pieces.join()
    const isNew = pieces.length > 1 && tokenizer.id(content) === undefined
    if (isNew && !candidates.has(key)) candidates.set(key, { content, pieces })
  }
  const all = [...candidates.values()]
  const kept = all.length <= most ? all : mostUseful(tokenizer, all, texts, most)
  return kept.map(({ content, pieces }, at) => ({
    content,
    pieces,
    withSpace,
    id: tokenizer.vocabulary + at,
  }))
}

function mostUseful<Term extends { readonly content: string; readonly pieces: readonly number[] }>(
  tokenizer: TextTokenizer,
  terms: readonly Term[],
  texts: readonly string[],
  most: number,
): readonly Term[] {
  const wordsOf = wordFinder(tokenizer)
  const find = termFinder(
    tokenizer,
    terms.map((term): [string, Term] => [term.content, term]),
  )
  const saved = new Map<Term, number>()
  for (const text of texts) {
    const ids = tokenizer.encodeBare(text)
    for (const { content: term } of find(ids, wordsOf(ids))) {
      saved.set(term, (saved.get(term) ?? 0) + term.pieces.length - 1)
    }
  }
  const useful = new Set(
    terms.toSorted((a, b) => (saved.get(b) ?? 0) - (saved.get(a) ?? 0)).slice(0, most),
  )
  return terms.filter((term) => useful.has(term))
}
