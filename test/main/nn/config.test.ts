import { describe, expect, it } from 'vitest'
import { readBertConfig } from '../../../src/main/nn/bert/config'
import { readDistilBertConfig } from '../../../src/main/nn/distilbert/config'
import { withDropout } from '../../../src/main/nn/encoder/config'
import { familyOf } from '../../../src/main/nn/families'
import { planModel, isTrained } from '../../../src/main/nn/plan'
import { readRobertaConfig } from '../../../src/main/nn/roberta/config'

const bert = {
  model_type: 'bert',
  vocab_size: 100,
  hidden_size: 12,
  num_hidden_layers: 3,
  num_attention_heads: 3,
  intermediate_size: 20,
}

const distilbert = {
  model_type: 'distilbert',
  vocab_size: 100,
  dim: 12,
  n_layers: 2,
  n_heads: 3,
  hidden_dim: 20,
}

describe('a configuration', () => {
  it('has the defaults of the reference', () => {
    const config = readBertConfig(bert)
    expect(config).toMatchObject({ types: 2, positions: 512, activation: 'gelu', epsilon: 1e-12 })
    expect(config.dropout.projection).toBe(0.1)
    expect(readDistilBertConfig(distilbert).dropout).toMatchObject({ projection: 0, head: 0.2 })
  })

  it.each([
    ['hidden_size', { hidden_size: 0 }],
    ['num_attention_heads', { num_attention_heads: 5 }],
    ['hidden_act', { hidden_act: 'swish' }],
    ['layer_norm_eps', { layer_norm_eps: -1 }],
    ['hidden_dropout_prob', { hidden_dropout_prob: 1 }],
    ['position_embedding_type', { position_embedding_type: 'relative_key' }],
    ['is_decoder', { is_decoder: true }],
    ['pad_token_id', { pad_token_id: 100 }],
    ['vocab_size', { vocab_size: undefined }],
    ['embedding_size', { embedding_size: 6 }],
  ])('is refused for a bad %s, by name', (field, change) => {
    expect(() => readBertConfig({ ...bert, ...change })).toThrow(`"${field}"`)
  })

  it('of another kind than JSON objects is refused', () => {
    expect(() => readBertConfig([1])).toThrow('not a JSON object')
    expect(() => familyOf({})).toThrow('model_type')
    expect(() => familyOf({ model_type: 't5' })).toThrow('"t5"')
  })

  it('of RoBERTa numbers positions after its padding token', () => {
    const config = readRobertaConfig({ ...bert, model_type: 'roberta', pad_token_id: 1 })
    expect(config.positionRule).toEqual({ kind: 'afterPadding', paddingId: 1 })
  })

  it("takes a recipe's dropout for every site that has one", () => {
    const config = withDropout(readDistilBertConfig(distilbert), 0.3)
    expect(config.dropout).toEqual({
      ...{ embedding: 0.3, attention: 0.3, projection: 0, feedForward: 0.3, head: 0.3 },
    })
  })
})

describe('the part that is trained', () => {
  const plan = planModel({
    ...{ config: bert, task: 'single-label', labels: ['a', 'b'], pooling: 'checkpoint' },
    dropout: undefined,
  })
  const trained = (part: Parameters<typeof isTrained>[2], fresh: readonly string[] = []) =>
    plan.specs
      .filter((spec) => isTrained(spec, plan.config, part, fresh.includes(spec.name)))
      .map((spec) => spec.name)

  it('is everything, or the head alone', () => {
    expect(trained({ kind: 'all' })).toHaveLength(plan.specs.length)
    expect(trained({ kind: 'head' })).toEqual(['classifier.weight', 'classifier.bias'])
  })

  it('takes in what the checkpoint lacks', () => {
    const fresh = ['bert.pooler.dense.weight']
    expect(trained({ kind: 'head' }, fresh)).toContain('bert.pooler.dense.weight')
  })

  it('is the last layers with pooler and head', () => {
    const names = trained({ kind: 'lastLayers', count: 1 })
    expect(names.filter((name) => name.includes('layer.2.'))).toHaveLength(16)
    expect(names.some((name) => /layer\.[01]\.|embeddings/.test(name))).toBe(false)
    expect(names).toContain('bert.pooler.dense.bias')
  })
})
