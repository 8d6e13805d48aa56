import type { EncoderNames } from '../encoder/names'

export const distilBertNames: EncoderNames = {
  prefix: 'distilbert.',
  word: 'distilbert.embeddings.word_embeddings.weight',
  position: 'distilbert.embeddings.position_embeddings.weight',
  type: undefined,
  embeddingNorm: 'distilbert.embeddings.LayerNorm',
  layer: (index) => {
    const layer = `distilbert.transformer.layer.${index}`
    return {
      query: `${layer}.attention.q_lin`,
      key: `${layer}.attention.k_lin`,
      value: `${layer}.attention.v_lin`,
      projection: `${layer}.attention.out_lin`,
      attentionNorm: `${layer}.sa_layer_norm`,
      expansion: `${layer}.ffn.lin1`,
      contraction: `${layer}.ffn.lin2`,
      outputNorm: `${layer}.output_layer_norm`,
    }
  },
}
