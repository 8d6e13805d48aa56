/** The settings of an old tokeniser folder that has only a word list. */
export interface VocabularySettings {
  readonly lowercase: boolean
  readonly stripAccents: boolean | null
  readonly chineseCharacters: boolean
  readonly special: {
    readonly unknown: string
    readonly cls: string
    readonly sep: string
    readonly pad: string
    readonly mask: string
  }
}

/**
 * Builds what `tokenizer.json` would hold from a `vocab.txt`: one word piece a line, its id is the
 * line's number from 0. The pipeline is BERT's (Devlin et al. 2019): clean, split, WordPiece.
 */
export function tokenizerFromVocabulary(
  text: string,
  settings: VocabularySettings,
): Readonly<Record<string, unknown>> {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  if (lines.at(-1) === '') lines.pop()
  const vocab = Object.fromEntries(lines.map((piece, id) => [piece, id]))
  const ids = new Map(lines.map((piece, id) => [piece, id]))
  const { unknown, cls, sep, pad, mask } = settings.special
  const special = (name: string): unknown => ({ id: name, ids: [ids.get(name)], tokens: [name] })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [pad, unknown, cls, sep, mask]
      .filter((content) => ids.has(content))
      .map((content) => ({
        id: ids.get(content),
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: settings.chineseCharacters,
      strip_accents: settings.stripAccents,
      lowercase: settings.lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [specialPiece(cls, 0), sequencePiece('A', 0), specialPiece(sep, 0)],
      pair: [
        specialPiece(cls, 0),
        sequencePiece('A', 0),
        specialPiece(sep, 0),
        sequencePiece('B', 1),
        specialPiece(sep, 1),
      ],
      special_tokens: { [cls]: special(cls), [sep]: special(sep) },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  }
}

const specialPiece = (id: string, typeId: number): unknown => ({
  SpecialToken: { id, type_id: typeId },
})
const sequencePiece = (id: 'A' | 'B', typeId: number): unknown => ({
  Sequence: { id, type_id: typeId },
})
