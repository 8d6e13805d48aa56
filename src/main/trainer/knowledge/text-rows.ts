import { joinRows } from '../../data/tokenized'
import type { TextTokenizer } from '../../data/tokenizer'
import type { StageRows } from './soft-labels'
import { tokenBatch } from './token-batch'

/** Texts that are no rows of a run, of at most so many tokens each. */
export function textRows(
  texts: readonly string[],
  tokenizer: Pick<TextTokenizer, 'encode' | 'padId'>,
  maxLength: number,
) {
  const tokens = joinRows(texts.map((text) => tokenizer.encode(text, null, maxLength)))
  const rows: StageRows = {
    lengths: tokens.lengths,
    batchOf: (some) => tokenBatch(tokens, some, tokenizer.padId, undefined),
    scoresOf: undefined,
  }
  return { tokens, rows }
}
