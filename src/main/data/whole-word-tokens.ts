import { Tokenizer } from '@huggingface/tokenizers'
import { addedTokenSplitter, isNormalized, readAddedTokens, type Section } from './added-tokens'
import type { TokenizerFiles } from './tokenizer-files'

/** Text to ids, without the special tokens around it. */
export type TextEncoder = (text: string) => readonly number[]

/**
 * The library looks for added tokens inside of words too, also for those of a single word. Where
 * tokenizer.json has such tokens, this takes the library's place up to its model: it splits at
 * tokens of the text as it came, normalises, and splits at tokens of the normalised text. Undefined
 * where there are none. `prepare` is done to every text and to every token before they are normalised.
 */
export function wholeWordEncoder(
  { document, settings }: TokenizerFiles,
  prepare: (text: string) => string,
): TextEncoder | undefined {
  const tokens = readAddedTokens(document)
  if (!tokens.some((token) => token.single_word)) return undefined
  const library = new Tokenizer({ ...document, normalizer: null, added_tokens: [] }, settings)
  const whole = new Tokenizer({ ...document, added_tokens: [] }, settings)
  const normalise = (text: string): string => whole.normalizer?.(text) ?? text
  const splitRaw = addedTokenSplitter(
    tokens
      .filter((token) => !isNormalized(token))
      .map((token) => ({ content: token.content, token })),
  )
  const splitNormal = addedTokenSplitter(
    tokens
      .filter(isNormalized)
      .map((token) => ({ content: normalise(prepare(token.content)), token })),
  )
  const encode = (text: string): readonly number[] =>
    text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids
  const idsOf = (section: Section, next: TextEncoder): readonly number[] =>
    section.kind === 'token' ? [section.id] : next(section.text)
  const normal: TextEncoder = (text) =>
    splitNormal(normalise(text)).flatMap((section) => idsOf(section, encode))
  return (text) => splitRaw(prepare(text)).flatMap((section) => idsOf(section, normal))
}
