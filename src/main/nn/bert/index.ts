import type { Family } from '../encoder/family'
import { readBertConfig } from './config'
import { bertNames } from './weights'

/** `BertForSequenceClassification` and `BertForMaskedLM` of transformers. */
export const bert: Family = {
  readConfig: readBertConfig,
  names: bertNames,
  sequenceHead: ({ hidden }, outputs) => [
    { kind: 'dense', name: 'bert.pooler.dense', activation: 'tanh', outputs: hidden },
    { kind: 'dropout' },
    { kind: 'dense', name: 'classifier', activation: 'none', outputs },
  ],
  languageHead: ({ activation, epsilon, tied }) => ({
    dense: 'cls.predictions.transform.dense',
    activation,
    norm: 'cls.predictions.transform.LayerNorm',
    epsilon,
    bias: tied ? 'cls.predictions.bias' : 'cls.predictions.decoder.bias',
    decoder: 'cls.predictions.decoder.weight',
  }),
  aliases: {
    'cls.predictions.decoder.bias': 'cls.predictions.bias',
    'cls.predictions.bias': 'cls.predictions.decoder.bias',
  },
}
