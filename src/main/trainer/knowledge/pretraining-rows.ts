import { GraftError } from '@shared/errors'
import { createRandom, permutation } from '../../platform/random'
import { joinRows, type TokenizedRows } from '../../data/tokenized'
import type { Encoded, TextTokenizer } from '../../data/tokenizer'

/** Share of the texts that the loss is measured on, and the most of them. */
const heldOutShare = 0.05
const mostHeldOut = 1000

export interface PretrainingRows {
  readonly training: TokenizedRows
  readonly heldOut: TokenizedRows
  /** Different texts that are not empty. */
  readonly texts: number
  readonly heldOutTexts: number
}

/**
 * Texts as rows of at most `maxLength` tokens, long ones in several. Texts that stand twice count
 * once, so that none is trained on and measured on. Throws data.noRows for fewer than two texts.
 */
export async function pretrainingRows(
  tokenizer: TextTokenizer,
  texts: readonly string[],
  maxLength: number,
  seed: number,
  whileComputing: () => Promise<void>,
): Promise<PretrainingRows> {
  const longest = Math.min(maxLength, tokenizer.maxLength ?? maxLength)
  const own = [...new Set(texts.map((text) => text.trim()))].filter((text) => text !== '')
  if (own.length < 2) {
    throw new GraftError(
      'data.noRows',
      `knowledge.training, pretrain: ${own.length === 0 ? 'there is no text' : 'there is a single text'} to train on, two at least are needed. Give the pack a corpus, or the data set unlabelled rows (pretrain.on).`,
      { path: 'knowledge.training' },
    )
  }
  const order = permutation(own.length, createRandom(seed, 0x6d6c6d))
  const held = Math.min(mostHeldOut, Math.max(1, Math.round(heldOutShare * own.length)))
  const rowsOf = async (places: Int32Array): Promise<TokenizedRows> => {
    const rows: Encoded[] = []
    for (const [done, place] of places.entries()) {
      if (done % 256 === 0) await whileComputing()
      rows.push(...tokenizer.encodeWhole(own[place] ?? '', longest))
    }
    return joinRows(rows)
  }
  return {
    heldOut: await rowsOf(order.slice(0, held)),
    training: await rowsOf(order.slice(held).sort()),
    texts: own.length,
    heldOutTexts: held,
  }
}
