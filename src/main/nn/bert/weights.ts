import type { EncoderNames, LayerNames } from '../encoder/names'

/** Layers as BERT and RoBERTa name them. */
export const bertLayer = (prefix: string, index: number): LayerNames => {
  const layer = `${prefix}encoder.layer.${index}`
  return {
    query: `${layer}.attention.self.query`,
    key: `${layer}.attention.self.key`,
    value: `${layer}.attention.self.value`,
    projection: `${layer}.attention.output.dense`,
    attentionNorm: `${layer}.attention.output.LayerNorm`,
    expansion: `${layer}.intermediate.dense`,
    contraction: `${layer}.output.dense`,
    outputNorm: `${layer}.output.LayerNorm`,
  }
}

/** The names of BERT and RoBERTa, which differ in the prefix alone. */
export const bertNamesUnder = (prefix: string): EncoderNames => ({
  prefix,
  word: `${prefix}embeddings.word_embeddings.weight`,
  position: `${prefix}embeddings.position_embeddings.weight`,
  type: `${prefix}embeddings.token_type_embeddings.weight`,
  embeddingNorm: `${prefix}embeddings.LayerNorm`,
  layer: (index) => bertLayer(prefix, index),
})

export const bertNames = bertNamesUnder('bert.')
