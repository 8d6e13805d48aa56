import { expect, test } from 'vitest'
import { attention, attentionGrad, levels, processor } from '../../../src/main/nn/kernels/native'
import { dispose, readFloats, tensor } from '../../../src/main/nn/tf'
import * as reference from './reference'

const { best } = processor()

test.each(levels.slice(0, levels.indexOf(best) + 1))(
  'heads that do not fit into the cache together are computed as each one alone, %s',
  (level) => {
    processor(level)
    const [heads, depth, rows] = [5, 16, 314]
    const short = Array.from({ length: 7 }, (_, i) => [300 + 2 * i, 2])
    const segments = tensor(Int32Array.from([[0, 300], ...short].flat()), [8, 2])
    const results = (qkv: Float32Array, dy: Float32Array, some: number): Float32Array[] => {
      const q = tensor(qkv, [rows, 3 * some * depth])
      const dcontext = tensor(dy, [rows, some * depth])
      const { context, logsumexp } = attention({ q, segments, heads: some })
      const { dq } = attentionGrad({ q, segments, heads: some }, logsumexp, dcontext)
      const values = [context, dq].map(readFloats)
      dispose(q, dcontext, context, logsumexp, dq)
      return values
    }
    const qkv = reference.draw(rows * 3 * heads * depth, 5)
    const dy = reference.draw(rows * heads * depth, 6)
    const together = results(qkv, dy, heads)
    for (let head = 0; head < heads; head++) {
      const columnsOf = (all: Float32Array): Float32Array =>
        all.filter((_, i) => Math.floor((i % (heads * depth)) / depth) === head)
      expect(results(columnsOf(qkv), columnsOf(dy), 1)).toEqual(together.map(columnsOf))
    }
    dispose(segments)
    processor(best)
  },
)
