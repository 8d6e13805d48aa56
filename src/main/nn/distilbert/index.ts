import type { Family } from '../encoder/family'
import { readDistilBertConfig } from './config'
import { distilBertNames } from './weights'

/** `DistilBertForSequenceClassification` and `DistilBertForMaskedLM` of transformers. */
export const distilbert: Family = {
  readConfig: readDistilBertConfig,
  names: distilBertNames,
  sequenceHead: ({ hidden }, outputs) => [
    { kind: 'dense', name: 'pre_classifier', activation: 'relu', outputs: hidden },
    { kind: 'dropout' },
    { kind: 'dense', name: 'classifier', activation: 'none', outputs },
  ],
  languageHead: ({ activation }) => ({
    dense: 'vocab_transform',
    activation,
    norm: 'vocab_layer_norm',
    epsilon: 1e-12,
    bias: 'vocab_projector.bias',
    decoder: 'vocab_projector.weight',
  }),
  aliases: {},
}
