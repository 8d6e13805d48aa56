import { Tokenizer } from '@huggingface/tokenizers'
import { GraftError } from '@shared/errors'
import { sha256Json } from '../platform/hash'
import { readAddedTokens } from './added-tokens'
import { repairsFor } from './normalizer-repairs'
import type { Template, TemplatePiece } from './template'
import { postProcessorSchema, templateOf } from './template'
import type { TokenizerFiles, TokenizerSettings } from './tokenizer-files'
import { readTokenizerFiles } from './tokenizer-files'
import { keepOfPair } from './truncation'
import { wholeWordEncoder, type TextEncoder } from './whole-word-tokens'

/** One row as a model takes it, special tokens included, without padding. */
export interface Encoded {
  readonly ids: Int32Array
  /** Segment of each token: 0, or 1 for the second text where the model tells them apart. */
  readonly typeIds: Uint8Array
  readonly truncated: boolean
}

export interface TextTokenizer {
  /** Changes whenever any id could change: part of every cache key. */
  readonly hash: string
  /** One more than the greatest id. */
  readonly vocabulary: number
  readonly padId: number
  /** Stands for what a masked language model has to guess; undefined where there is none. */
  readonly maskId: number | undefined
  /** Tokens that are no part of any text, such as [CLS]. */
  readonly special: ReadonlySet<number>
  /** Longest sequence the tokeniser's own settings allow; null: they do not say. */
  readonly maxLength: number | null
  /** Ids as the reference gives them, cut to `maxLength` tokens. */
  encode(text: string, pair: string | null, maxLength: number): Encoded
  /** Ids of a text alone, without special tokens, however many they are. */
  encodeBare(text: string): readonly number[]
  /** All of a text in pieces of at most `maxLength` tokens, special tokens included. */
  encodeWhole(text: string, maxLength: number): readonly Encoded[]
  /** The token of an id, as it stands in the vocabulary; undefined beyond it. */
  token(id: number): string | undefined
  /** The id of a token; undefined when it is not in the vocabulary. */
  id(token: string): number | undefined
}

/** Part of every cache key: raised when this program's way from text to ids changes. */
const encodingVersion = 2

/** Loads the tokeniser of a Hugging Face folder. Throws model.tokenizerMissing, model.tokenizerInvalid. */
export async function loadTokenizer(folder: string): Promise<TextTokenizer> {
  return createTokenizer(await readTokenizerFiles(folder), folder)
}

/** Builds a tokeniser from what its files hold. `folder` is named in errors. */
function createTokenizer(files: TokenizerFiles, folder: string): TextTokenizer {
  const library = createLibrary(files, folder)
  const template = readTemplate(files.document, folder)
  const repair = repairsFor(files.document['normalizer'])
  const usesTypeIds = tellsTextsApart(files)
  const cutLeft = files.settings.truncation_side === 'left'
  const added = readAddedTokens(files.document)
  const vocabulary = vocabularySize(library)
  const pad = files.settings.pad_token
  const padId = (pad ? library.token_to_id(pad) : undefined) ?? files.padTokenId ?? 0

  const onePad = { ids: Int32Array.of(padId), typeIds: new Uint8Array(1) }

  const encodeText: TextEncoder =
    wholeWordEncoder(files, repair) ??
    ((text) => library.encode(repair(text), { add_special_tokens: false }).ids)
  const bareIds: TextEncoder = (text) => (text === '' ? [] : encodeText(text))

  const cut = (ids: readonly number[], keep: number): readonly number[] => {
    if (keep >= ids.length) return ids
    return cutLeft ? ids.slice(ids.length - keep) : ids.slice(0, keep)
  }

  const encode = (text: string, pair: string | null, maxLength: number): Encoded => {
    const pieces = pair === null ? template.single : template.pair
    const first = bareIds(text)
    const second = pair === null ? [] : bareIds(pair)
    const room = Math.max(0, maxLength - specialsOf(pieces))
    const [keepFirst, keepSecond] = keepOf(first.length, second.length, pair !== null, room)
    const parts = { A: cut(first, keepFirst), B: cut(second, keepSecond) }
    const assembled = assemble(pieces, parts, usesTypeIds)
    return {
      // Where there are no special tokens, an empty text still needs one position to attend to.
      ...(assembled.ids.length > 0 ? assembled : onePad),
      truncated: keepFirst < first.length || keepSecond < second.length,
    }
  }

  const encodeWhole = (text: string, maxLength: number): readonly Encoded[] => {
    const ids = bareIds(text)
    const room = Math.max(1, maxLength - specialsOf(template.single))
    return Array.from({ length: Math.ceil(ids.length / room) }, (_, piece) => ({
      ...assemble(
        template.single,
        { A: ids.slice(piece * room, (piece + 1) * room), B: [] },
        usesTypeIds,
      ),
      truncated: false,
    }))
  }

  return {
    hash: sha256Json([encodingVersion, files.document, cutLeft, usesTypeIds, padId]),
    vocabulary,
    padId,
    maskId: maskIdOf(files, library),
    special: new Set([
      ...added.filter((token) => token.special).map((token) => token.id),
      ...template.pair.flatMap((piece) => (piece.kind === 'special' ? piece.ids : [])),
      padId,
    ]),
    maxLength: plausibleLength(files.settings),
    encode,
    encodeBare: bareIds,
    encodeWhole,
    token: (id) => library.id_to_token(id),
    id: (token) => library.token_to_id(token),
  }
}

/** The mask token of the settings, or the one that BERT or RoBERTa has. */
const maskIdOf = ({ settings }: TokenizerFiles, library: Tokenizer): number | undefined =>
  [settings.mask_token, '[MASK]', '<mask>']
    .map((name) => (name ? library.token_to_id(name) : undefined))
    .find((id) => id !== undefined)

function createLibrary(files: TokenizerFiles, folder: string): Tokenizer {
  try {
    return new Tokenizer(files.document, files.settings)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GraftError(
      'model.tokenizerInvalid',
      `The tokeniser of ${folder} cannot be used: ${reason}.`,
      { folder },
      { cause: error },
    )
  }
}

function readTemplate(document: Readonly<Record<string, unknown>>, folder: string): Template {
  const checked = postProcessorSchema.safeParse(document['post_processor'] ?? null)
  if (checked.success) return templateOf(checked.data)
  throw new GraftError(
    'model.tokenizerInvalid',
    `The tokeniser of ${folder} has a post_processor that is not supported. Supported are TemplateProcessing, BertProcessing, RobertaProcessing and ByteLevel.`,
    { folder },
  )
}

function vocabularySize(library: Tokenizer): number {
  let size = 0
  for (const id of library.get_vocab().values()) size = Math.max(size, id + 1)
  return size
}

const specialsOf = (pieces: readonly TemplatePiece[]): number =>
  pieces.reduce((sum, piece) => sum + (piece.kind === 'special' ? piece.ids.length : 0), 0)

const keepOf = (
  first: number,
  second: number,
  paired: boolean,
  room: number,
): readonly [number, number] =>
  paired ? keepOfPair(first, second, room) : [Math.min(first, room), 0]

function assemble(
  pieces: readonly TemplatePiece[],
  parts: { readonly A: readonly number[]; readonly B: readonly number[] },
  usesTypeIds: boolean,
): { readonly ids: Int32Array; readonly typeIds: Uint8Array } {
  const lists = pieces.map((piece) => (piece.kind === 'special' ? piece.ids : parts[piece.which]))
  const length = lists.reduce((sum, list) => sum + list.length, 0)
  const ids = new Int32Array(length)
  const typeIds = new Uint8Array(length)
  let at = 0
  lists.forEach((list, index) => {
    ids.set(list, at)
    if (usesTypeIds) typeIds.fill(pieces[index]?.typeId ?? 0, at, at + list.length)
    at += list.length
  })
  return { ids, typeIds }
}

/** Whether the reference's tokeniser of this class gives the model segment numbers. */
function tellsTextsApart(files: TokenizerFiles): boolean {
  const { model_input_names: names, tokenizer_class: name } = files.settings
  if (names) return names.includes('token_type_ids')
  if (name) return /^(Bert|Electra|MobileBert|Mpnet|Albert)/.test(name)
  return files.modelType === 'bert'
}

/** Old settings say 10^30 where there is no limit. */
function plausibleLength(settings: TokenizerSettings): number | null {
  const length = settings.model_max_length
  return length && length > 0 && length < 1e6 ? Math.floor(length) : null
}
