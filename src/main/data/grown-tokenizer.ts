import { join } from 'node:path'
import { z } from 'zod'
import { exists } from '../platform/files'
import { readJsonFile, writeJsonFile } from '../platform/json'
import { readTokenizerFiles } from './tokenizer-files'

/** A term and the id that its token has. */
export interface NewToken {
  readonly content: string
  readonly id: number
  /** Whether the space in front belongs to the token, as byte-level tokenisers have it. */
  readonly withSpace: boolean
}

/** The entry of `added_tokens` for a term: found as a whole word in the normalised text. */
const entryOf = ({ content, id, withSpace }: NewToken): Readonly<Record<string, unknown>> => ({
  id,
  content,
  single_word: true,
  lstrip: withSpace,
  rstrip: false,
  normalized: true,
  special: false,
})

const loose = z.looseObject({})
const decoder = z.looseObject({ added_tokens_decoder: z.record(z.string(), z.unknown()) })

/**
 * Writes a tokeniser with more tokens into `to`, where the files of the one of `from` lie already:
 * tokenizer.json, made from vocab.txt where there is none, and what repeats its added tokens. Ids
 * go on without a gap, as the reference asks. Throws the codes of the tokeniser's files.
 */
export async function growTokenizer(
  from: string,
  to: string,
  tokens: readonly NewToken[],
): Promise<void> {
  const { document } = await readTokenizerFiles(from)
  const known = z.array(z.unknown()).parse(document['added_tokens'] ?? [])
  const added_tokens = [...known, ...tokens.map(entryOf)]
  await writeJsonFile(join(to, 'tokenizer.json'), { ...document, added_tokens })
  await update(join(to, 'tokenizer_config.json'), (config) => {
    const { data } = decoder.safeParse(config)
    if (data === undefined) return config
    const own = tokens.map((token) => {
      const { id, ...entry } = entryOf(token)
      return [String(id), entry] as const
    })
    return {
      ...config,
      added_tokens_decoder: { ...data.added_tokens_decoder, ...Object.fromEntries(own) },
    }
  })
  await update(join(to, 'added_tokens.json'), (ids) => ({
    ...ids,
    ...Object.fromEntries(tokens.map(({ content, id }) => [content, id])),
  }))
}

async function update(
  path: string,
  change: (content: z.output<typeof loose>) => Readonly<Record<string, unknown>>,
): Promise<void> {
  if (!(await exists(path))) return
  await writeJsonFile(path, change(await readJsonFile(path, loose, 'model.tokenizerInvalid')))
}
