import type { Activation } from '../kernels/activation'
import type { PositionRule } from '../layout'
import type { ConfigReader } from './config-reader'

export type EncoderFamily = 'bert' | 'distilbert' | 'roberta'

/** A transformer encoder with norms after the blocks (Devlin et al. 2019), whatever its family. */
export interface EncoderConfig {
  readonly family: EncoderFamily
  readonly vocabulary: number
  /** Width of a token's vector. */
  readonly hidden: number
  readonly layers: number
  readonly heads: number
  /** Width between the two products of the feed-forward block. */
  readonly intermediate: number
  /** Entries of the position table. */
  readonly positions: number
  readonly positionRule: PositionRule
  /** Token types; 0 where the family has no such table. */
  readonly types: number
  /** The token whose embedding gets no gradient. */
  readonly paddingId: number | undefined
  readonly activation: Activation
  readonly epsilon: number
  /** Standard deviation of new weights. */
  readonly initializerRange: number
  /** Whether the language-model head uses the word embeddings as its matrix. */
  readonly tied: boolean
  readonly dropout: {
    /** After the embeddings. */
    readonly embedding: number
    /** On the attention weights. */
    readonly attention: number
    /** After the projection of the attention's context. */
    readonly projection: number
    /** After the feed-forward block. */
    readonly feedForward: number
    /** Before the classifier. */
    readonly head: number
  }
}

/** One probability for all sites that have one; a recipe's choice over the model's own. */
export function withDropout(config: EncoderConfig, rate: number | undefined): EncoderConfig {
  if (rate === undefined) return config
  const projection = config.family === 'distilbert' ? 0 : rate
  const dropout = { embedding: rate, attention: rate, projection, feedForward: rate, head: rate }
  return { ...config, dropout }
}

/** Refuses what is neither computed nor harmless. */
export function refuseUnknownKinds(reader: ConfigReader): void {
  reader.only('position_embedding_type', ['absolute'])
  reader.only('is_decoder', [false])
  reader.only('add_cross_attention', [false])
  reader.only('chunk_size_feed_forward', [0])
}

/** Refuses a width that the heads do not divide. */
export function checkHeads(reader: ConfigReader, field: string, hidden: number, heads: number) {
  if (hidden % heads !== 0) reader.refuse(field, `a divisor of the hidden size, ${hidden}`)
}
