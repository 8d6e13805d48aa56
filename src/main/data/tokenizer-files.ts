import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { exists } from '../platform/files'
import { readJsonFile } from '../platform/json'
import { tokenizerFromVocabulary } from './bert-vocabulary'

/** A special token stands in the settings as text or as an object with its content. */
const token = z.union([
  z.string(),
  z.object({ content: z.string() }).transform((value) => value.content),
])

const tokenizerSettingsSchema = z.looseObject({
  tokenizer_class: z.string().nullish(),
  model_input_names: z.array(z.string()).nullish(),
  truncation_side: z.enum(['left', 'right']).nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  model_max_length: z.number().nullish(),
  unk_token: token.nullish(),
  cls_token: token.nullish(),
  sep_token: token.nullish(),
  pad_token: token.nullish(),
  mask_token: token.nullish(),
})
export type TokenizerSettings = z.output<typeof tokenizerSettingsSchema>

const modelSchema = z.looseObject({
  model_type: z.string().nullish(),
  pad_token_id: z.int().nullish(),
})

const documentSchema = z.record(z.string(), z.unknown())

export interface TokenizerFiles {
  /** Content of tokenizer.json, or the same made from vocab.txt. */
  readonly document: Readonly<Record<string, unknown>>
  readonly settings: TokenizerSettings
  readonly modelType: string | null
  readonly padTokenId: number | null
}

/**
 * Reads what a Hugging Face folder says of its tokeniser: tokenizer.json, or vocab.txt for BERT,
 * with tokenizer_config.json where there is one.
 *
 * Throws model.tokenizerMissing when there is neither, model.tokenizerInvalid for unreadable ones.
 */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const settings = await optional(join(folder, 'tokenizer_config.json'), tokenizerSettingsSchema)
  const model = await optional(join(folder, 'config.json'), modelSchema)
  return {
    document: await readDocument(folder, settings ?? {}),
    settings: settings ?? {},
    modelType: model?.model_type ?? null,
    padTokenId: model?.pad_token_id ?? null,
  }
}

async function optional<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  return (await exists(path)) ? readJsonFile(path, schema, 'model.tokenizerInvalid') : undefined
}

async function readDocument(
  folder: string,
  settings: TokenizerSettings,
): Promise<Readonly<Record<string, unknown>>> {
  const document = await optional(join(folder, 'tokenizer.json'), documentSchema)
  if (document !== undefined) return document
  const words = join(folder, 'vocab.txt')
  if (!(await exists(words))) {
    throw new GraftError(
      'model.tokenizerMissing',
      `${folder} has no tokenizer.json and no vocab.txt. Copy the tokeniser's files of the model into it.`,
      { folder },
    )
  }
  return tokenizerFromVocabulary(await readFile(words, 'utf8'), {
    lowercase: settings.do_lower_case ?? true,
    stripAccents: settings.strip_accents ?? null,
    chineseCharacters: settings.tokenize_chinese_chars ?? true,
    special: {
      unknown: settings.unk_token ?? '[UNK]',
      cls: settings.cls_token ?? '[CLS]',
      sep: settings.sep_token ?? '[SEP]',
      pad: settings.pad_token ?? '[PAD]',
      mask: settings.mask_token ?? '[MASK]',
    },
  })
}
