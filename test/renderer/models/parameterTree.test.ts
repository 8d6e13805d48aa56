import { describe, expect, it } from 'vitest'
import type { ModelParameter } from '@shared/domain'
import { groupParameters, nameInGroup } from '../../../src/renderer/models/parameterTree'

const parameter = (name: string, shape: readonly number[], trained = false): ModelParameter => ({
  name,
  shape,
  dtype: 'F32',
  trained,
})

describe('the parameters of a model', () => {
  const groups = groupParameters([
    parameter('bert.embeddings.word_embeddings.weight', [10, 4]),
    parameter('bert.encoder.layer.0.attention.self.query.weight', [4, 4]),
    parameter('bert.encoder.layer.0.output.dense.bias', [4], true),
    parameter('bert.encoder.layer.1.output.dense.bias', [4], true),
    parameter('classifier.weight', [2, 4], true),
  ])

  it('stand under their layer, in the order of the checkpoint', () => {
    expect(groups.map((group) => group.name)).toEqual([
      'embeddings',
      'encoder.layer.0',
      'encoder.layer.1',
      'classifier',
    ])
  })

  it('are counted, and apart from that those which are trained', () => {
    expect(groups.map(({ count, trained }) => [count, trained])).toEqual([
      [40, 0],
      [20, 4],
      [4, 4],
      [8, 8],
    ])
  })

  it('are named within their layer', () => {
    expect(nameInGroup('bert.encoder.layer.0.output.dense.bias', 'encoder.layer.0')).toBe(
      'output.dense.bias',
    )
  })
})
