import type { EncoderConfig } from '../encoder/config'
import { checkHeads, refuseUnknownKinds } from '../encoder/config'
import { ConfigReader } from '../encoder/config-reader'

/**
 * DistilBERT (Sanh et al. 2019) from transformers' `config.json`: no token types, no dropout after
 * the attention's projection. Defaults are those of `DistilBertConfig`.
 */
export function readDistilBertConfig(config: unknown): EncoderConfig {
  const reader = new ConfigReader(config)
  refuseUnknownKinds(reader)
  reader.only('model_type', ['distilbert'])
  const hidden = reader.count('dim')
  const heads = reader.count('n_heads')
  checkHeads(reader, 'n_heads', hidden, heads)
  const vocabulary = reader.count('vocab_size')
  const rate = reader.rate('dropout', 0.1)
  return {
    family: 'distilbert',
    ...{ vocabulary, hidden, heads },
    layers: reader.count('n_layers'),
    intermediate: reader.count('hidden_dim'),
    positions: reader.count('max_position_embeddings', 512),
    positionRule: { kind: 'plain' },
    types: 0,
    paddingId: reader.id('pad_token_id', vocabulary),
    activation: reader.activation('activation'),
    epsilon: 1e-12,
    initializerRange: reader.positive('initializer_range', 0.02),
    tied: reader.flag('tie_word_embeddings', true),
    dropout: {
      embedding: rate,
      attention: reader.rate('attention_dropout', 0.1),
      projection: 0,
      feedForward: rate,
      head: reader.rate('seq_classif_dropout', 0.2),
    },
  }
}
