import type { Family } from '../encoder/family'
import { readRobertaConfig } from './config'
import { robertaNames } from './weights'

/** `RobertaForSequenceClassification` and `RobertaForMaskedLM` of transformers. */
export const roberta: Family = {
  readConfig: readRobertaConfig,
  names: robertaNames,
  sequenceHead: ({ hidden }, outputs) => [
    { kind: 'dropout' },
    { kind: 'dense', name: 'classifier.dense', activation: 'tanh', outputs: hidden },
    { kind: 'dropout' },
    { kind: 'dense', name: 'classifier.out_proj', activation: 'none', outputs },
  ],
  languageHead: ({ epsilon, tied }) => ({
    dense: 'lm_head.dense',
    activation: 'gelu',
    norm: 'lm_head.layer_norm',
    epsilon,
    bias: tied ? 'lm_head.bias' : 'lm_head.decoder.bias',
    decoder: 'lm_head.decoder.weight',
  }),
  aliases: { 'lm_head.decoder.bias': 'lm_head.bias', 'lm_head.bias': 'lm_head.decoder.bias' },
}
