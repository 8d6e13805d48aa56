import { z } from 'zod'
import { Trie } from './trie'

const addedTokenSchema = z.object({
  id: z.int().min(0),
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().nullish(),
  special: z.boolean().default(false),
})

/** An entry of `added_tokens` in tokenizer.json: a token that is found before the model's own. */
export type AddedToken = z.output<typeof addedTokenSchema>

/** The entries of tokenizer.json, in order; none where they cannot be read: the library says so. */
export function readAddedTokens(
  document: Readonly<Record<string, unknown>>,
): readonly AddedToken[] {
  return z.array(addedTokenSchema).safeParse(document['added_tokens'] ?? []).data ?? []
}

/** Whether a token is looked for in the normalised text rather than in the text as it came. */
export const isNormalized = ({ normalized, special }: AddedToken): boolean => normalized ?? !special

/** A stretch of text between added tokens, or one of them. */
export type Section =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'token'; readonly id: number }

/**
 * Splits texts at the tokens, as the reference's `added_vocabulary.rs`: the leftmost, then the
 * longest; one of a single word only where no letter, digit or underscore touches it. A longest
 * match that fails this is passed over as a whole.
 */
export function addedTokenSplitter(
  tokens: readonly { readonly content: string; readonly token: AddedToken }[],
): (text: string) => readonly Section[] {
  const trie = new Trie<AddedToken>()
  for (const { content, token } of tokens) trie.add(codesOf(content), token)
  return (text) => {
    const codes = codesOf(text)
    const sections: Section[] = []
    let done = 0
    const textUntil = (end: number): void => {
      if (end > done) sections.push({ kind: 'text', text: text.slice(done, end) })
    }
    for (let at = 0; at < codes.length; at += 1) {
      const found = trie.longest(codes, at)
      if (found === undefined) continue
      at = found.end - 1
      const { id, single_word: single, lstrip, rstrip } = found.content
      if (single && !standsAlone(text, found.start, found.end)) continue
      textUntil(lstrip ? text.slice(0, found.start).trimEnd().length : found.start)
      sections.push({ kind: 'token', id })
      done = rstrip ? text.length - text.slice(found.end).trimStart().length : found.end
      at = done - 1
    }
    textUntil(text.length)
    return sections
  }
}

const codesOf = (text: string): Uint16Array =>
  Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))

/** What the reference's regular expressions call \w. */
const wordBefore = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u
const wordBehind = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u

const standsAlone = (text: string, start: number, end: number): boolean =>
  !wordBefore.test(text.slice(Math.max(0, start - 2), start)) &&
  !wordBehind.test(text.slice(end, end + 2))
