import type { EncoderConfig } from '../encoder/config'
import { checkHeads, refuseUnknownKinds } from '../encoder/config'
import { ConfigReader } from '../encoder/config-reader'

/**
 * BERT (Devlin et al. 2019) from transformers' `config.json`. Defaults are those of `BertConfig`.
 * Throws model.configInvalid naming the field.
 */
export function readBertConfig(config: unknown): EncoderConfig {
  const reader = new ConfigReader(config)
  refuseUnknownKinds(reader)
  reader.only('model_type', ['bert'])
  const hidden = reader.count('hidden_size')
  const heads = reader.count('num_attention_heads')
  checkHeads(reader, 'num_attention_heads', hidden, heads)
  reader.only('embedding_size', [hidden])
  const vocabulary = reader.count('vocab_size')
  const rate = reader.rate('hidden_dropout_prob', 0.1)
  return {
    family: 'bert',
    ...{ vocabulary, hidden, heads },
    layers: reader.count('num_hidden_layers'),
    intermediate: reader.count('intermediate_size'),
    positions: reader.count('max_position_embeddings', 512),
    positionRule: { kind: 'plain' },
    types: reader.count('type_vocab_size', 2),
    paddingId: reader.id('pad_token_id', vocabulary),
    activation: reader.activation('hidden_act'),
    epsilon: reader.positive('layer_norm_eps', 1e-12),
    initializerRange: reader.positive('initializer_range', 0.02),
    tied: reader.flag('tie_word_embeddings', true),
    dropout: {
      embedding: rate,
      attention: reader.rate('attention_probs_dropout_prob', 0.1),
      projection: rate,
      feedForward: rate,
      head: reader.rate('classifier_dropout', rate),
    },
  }
}
