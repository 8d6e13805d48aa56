import { expect, test } from 'vitest'
import {
  attention,
  attentionGrad,
  dropoutKey,
  levels,
  processor,
} from '../../../src/main/nn/kernels/native'
import { dispose, ints, readFloats, tensor } from '../../../src/main/nn/tf'
import * as reference from './reference'
import { expectClose } from './support'

const { best } = processor()
const runnable = levels.slice(0, levels.indexOf(best) + 1)

test.each(runnable)(
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

test.each([
  [false, 0],
  [false, 0.25],
  [true, 0.25],
])('some rows get what they get among all, causal %s, dropout %f', (causal, rate) => {
  const [heads, width, rows] = [3, 60, 23]
  const wanted = [0, 3, 8, 22]
  const segments = ints(0, 9, 9, 2, 11, 12)
  const places = ints(...wanted)
  const unordered = ints(3, 0, 8, 22)
  const common = { segments, heads, causal, dropout: { rate, key: dropoutKey(7, 3, 11) } }
  const pick = (all: Float32Array): Float32Array =>
    all.filter((_, i) => wanted.includes(Math.floor(i / width)))
  const columns = (all: Float32Array, from: number, to: number): Float32Array =>
    all.filter((_, i) => i % (3 * width) >= from && i % (3 * width) < to)
  const qkv = reference.draw(rows * 3 * width, 5)
  const dy = reference
    .draw(rows * width, 6)
    .map((value, i) => (wanted.includes(Math.floor(i / width)) ? value : 0))
  const whole = tensor(qkv, [rows, 3 * width])
  const q = tensor(pick(columns(qkv, 0, width)), [wanted.length, width])
  const k = tensor(columns(qkv, width, 3 * width), [rows, 2 * width])
  const dwhole = tensor(dy, [rows, width])
  const dsome = tensor(pick(dy), [wanted.length, width])

  const all = attention({ ...common, q: whole })
  const some = attention({ ...common, q, k, places })
  expect(readFloats(some.context)).toEqual(pick(readFloats(all.context)))
  const { dq: dqkv } = attentionGrad({ ...common, q: whole }, all.logsumexp, dwhole)
  const { dq, dk, dv } = attentionGrad({ ...common, q, k, places }, some.logsumexp, dsome)
  const expected = readFloats(dqkv)
  expectClose(readFloats(dq), pick(columns(expected, 0, width)))
  expectClose(dk === undefined ? [] : readFloats(dk), columns(expected, width, 3 * width))
  expect(dv).toBeUndefined()
  expect(() => attention({ ...common, q, k, places: unordered })).toThrow(/ascending/)
  dispose(segments, places, unordered, common.dropout.key, whole, q, k, dwhole, dsome)
  dispose(all.context, all.logsumexp, some.context, some.logsumexp, dqkv, dq, dk)
})
