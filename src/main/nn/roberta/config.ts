import { readBertConfig } from '../bert/config'
import type { EncoderConfig } from '../encoder/config'
import { ConfigReader } from '../encoder/config-reader'

/**
 * RoBERTa (Liu et al. 2019) from transformers' `config.json`: BERT whose positions start after the
 * padding token's id.
 */
export function readRobertaConfig(config: unknown): EncoderConfig {
  const reader = new ConfigReader(config)
  reader.only('model_type', ['roberta'])
  const base = readBertConfig({ ...Object(config), model_type: 'bert' })
  const paddingId = base.paddingId ?? 1
  return {
    ...base,
    family: 'roberta',
    paddingId,
    positionRule: { kind: 'afterPadding', paddingId },
  }
}
