import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  attention,
  attentionGrad,
  biasActivation,
  biasActivationGrad,
  cast,
  columnSum,
  dropoutKey,
  levels,
  nativeAvailable,
  processor,
  residualNorm,
  residualNormGrad,
  type AttentionInputs,
  type Dropout,
} from '../../../src/main/nn/kernels/native'
import { embed, embedGrad, rowSum } from '../../../src/main/nn/kernels/native-embed'
import { dispose, memory, readFloats, read, tensor, type Tensor } from '../../../src/main/nn/tf'
import * as reference from './reference'

const keyNumbers = [7, 0, 3, 11] as const
const made: Tensor[] = []
const keep = (one: Tensor): Tensor => {
  made.push(one)
  return one
}
const floats = (data: Float32Array, ...shape: number[]): Tensor => keep(tensor(data, shape))
const integers = (data: readonly number[], ...shape: number[]): Tensor =>
  keep(tensor(Int32Array.from(data), shape))
const half = (x: Tensor): Tensor => keep(cast(x))
const key = (): Tensor => keep(dropoutKey(7, 3, 11))

function expectClose(got: Tensor, expected: ArrayLike<number>, tolerance: number): void {
  const values = readFloats(got)
  expect(values.length).toBe(expected.length)
  let worst = 0
  values.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - (expected[i] ?? Number.NaN)))
    if (Number.isNaN(value)) worst = Number.NaN
  })
  expect(worst).toBeLessThan(tolerance)
}

/** Compares some elements of a gradient with central differences. */
function expectGradient(
  got: Tensor,
  f: (x: Float64Array) => ArrayLike<number>,
  x: Float32Array,
  dy: Float32Array,
  tolerance = 2e-4,
): void {
  const elements = Array.from({ length: Math.min(24, x.length) }, (_, i) =>
    Math.floor((i * (x.length - 1)) / Math.max(1, Math.min(24, x.length) - 1)),
  )
  const values = readFloats(got)
  reference.differences(f, x, dy, elements).forEach((expected, i) => {
    const value = values[elements[i] ?? 0] ?? Number.NaN
    expect(Math.abs(value - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(tolerance)
  })
}

const best = nativeAvailable() ? processor().best : 'generic'
const runnable = levels.slice(0, levels.indexOf(best) + 1)

afterAll(() => {
  if (nativeAvailable()) processor(best)
})

test('the kernels are linked into the binding', () => {
  expect(nativeAvailable()).toBe(true)
  expect(processor().threads).toBeGreaterThan(0)
})

describe.each(runnable)('with %s instructions', (level) => {
  beforeEach(() => {
    dispose(...made.splice(0))
    processor(level)
  })

  describe('bias and activation', () => {
    const [rows, cols] = [9, 37]
    const x = reference.draw(rows * cols, 1).map((value) => value * 6)
    const bias = reference.draw(cols, 2)
    const dy = reference.draw(rows * cols, 3)

    test.each(['gelu', 'geluTanh', 'relu'] as const)('%s and its gradient', (kind) => {
      const f = reference.activations[kind]
      const [tx, tb] = [floats(x, rows, cols), floats(bias, cols)]
      expectClose(
        keep(biasActivation(kind, tx, tb)),
        reference.biasActivation(f, x, bias, cols),
        2e-6,
      )
      const { dx, dbias } = biasActivationGrad(kind, tx, tb, floats(dy, rows, cols))
      expectGradient(keep(dx), (v) => reference.biasActivation(f, v, bias, cols), x, dy)
      if (dbias === undefined) throw new Error('no gradient of the bias')
      expectGradient(keep(dbias), (v) => reference.biasActivation(f, x, v, cols), bias, dy)
    })

    test('gelu keeps its accuracy far out', () => {
      const far = Float32Array.of(-40, -9, -5, -3, -1e-4, 0, 1e-4, 3, 5, 9, 40)
      const expected = Array.from(far, reference.activations.gelu)
      expectClose(keep(biasActivation('gelu', floats(far, far.length))), expected, 2e-6)
    })

    test('bfloat16 differs from float32 by its rounding only', () => {
      const tx = half(floats(x, rows, cols))
      const rounded = readFloats(tx)
      const y = keep(biasActivation('gelu', tx, floats(bias, cols)))
      expect(y.dtype).toBe('bfloat16')
      const expected = reference.biasActivation(reference.activations.gelu, rounded, bias, cols)
      readFloats(y).forEach((value, i) => {
        const exact = expected[i] ?? 0
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.abs(exact) / 256 + 1e-6)
      })
    })
  })

  describe('residual, dropout and layer norm', () => {
    const [rows, cols, epsilon] = [7, 52, 1e-5]
    const draw = (seed: number): Float32Array => reference.draw(rows * cols, seed)
    const [branch, residual, dy] = [draw(1), draw(2), draw(3)]
    const [bias, gamma, beta] = [4, 5, 6].map((seed) => reference.draw(cols, seed)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]

    test.each([0, 0.3])('forward and every gradient at dropout %f', (rate) => {
      const factors = reference.dropFactors(keyNumbers, rate, rows, cols)
      const numbers = { branch, bias, residual, gamma, beta, factors, epsilon }
      const inputs = {
        ...{ branch: floats(branch, rows, cols), bias: floats(bias, cols) },
        ...{ residual: floats(residual, rows, cols), gamma: floats(gamma, cols) },
        dropout: { rate, key: key() },
      }
      const result = residualNorm(inputs, floats(beta, cols), epsilon)
      for (const one of [result.y, result.mean, result.rstd]) keep(one)
      expectClose(result.y, reference.residualNorm(numbers), 1e-5)
      const gradient = residualNormGrad(inputs, result, floats(dy, rows, cols))
      const { dbranch, dresidual = dbranch, dgamma, dbeta, dbias } = gradient
      for (const one of [dbranch, dresidual, dgamma, dbeta]) keep(one)
      expectGradient(dbranch, (v) => reference.residualNorm({ ...numbers, branch: v }), branch, dy)
      const ofResidual = (v: Float64Array): Float64Array =>
        reference.residualNorm({ ...numbers, residual: v })
      expectGradient(dresidual, ofResidual, residual, dy)
      expectGradient(dgamma, (v) => reference.residualNorm({ ...numbers, gamma: v }), gamma, dy)
      expectGradient(dbeta, (v) => reference.residualNorm({ ...numbers, beta: v }), beta, dy)
      if (dbias === undefined) throw new Error('no gradient of the bias')
      expectGradient(keep(dbias), (v) => reference.residualNorm({ ...numbers, bias: v }), bias, dy)
    })

    test('a plain layer norm has neither residual nor bias', () => {
      const factors = reference.dropFactors(keyNumbers, 0, rows, cols)
      const inputs = { branch: floats(branch, rows, cols), gamma: floats(gamma, cols) }
      const result = residualNorm(inputs, floats(beta, cols), epsilon)
      for (const one of [result.y, result.mean, result.rstd]) keep(one)
      const expected = reference.residualNorm({ branch, gamma, beta, factors, epsilon })
      expectClose(result.y, expected, 1e-5)
    })

    test('a bfloat16 branch on a float32 residual gives both forms of y', () => {
      const tb = half(floats(branch, rows, cols))
      const inputs = {
        ...{ branch: tb, residual: floats(residual, rows, cols), gamma: floats(gamma, cols) },
      }
      const result = residualNorm(inputs, floats(beta, cols), epsilon, 'bfloat16')
      const factors = reference.dropFactors(keyNumbers, 0, rows, cols)
      const rounded = readFloats(tb)
      const expected = { branch: rounded, residual, gamma, beta, factors, epsilon }
      expectClose(keep(result.y), reference.residualNorm(expected), 1e-5)
      keep(result.mean)
      keep(result.rstd)
      if (result.copy === undefined) throw new Error('no bfloat16 copy')
      expect(keep(result.copy).dtype).toBe('bfloat16')
      expectClose(result.copy, readFloats(result.y), 0.02)
      const [da, db] = [floats(dy, rows, cols), half(floats(dy, rows, cols))]
      const both = residualNormGrad(inputs, result, da, db)
      const doubled = Float32Array.from(readFloats(db), (value, i) => value + (dy[i] ?? 0))
      const once = residualNormGrad(inputs, result, floats(doubled, rows, cols))
      for (const one of [...Object.values(both), ...Object.values(once)])
        if (one) keep(one as Tensor)
      expectClose(both.dgamma, readFloats(once.dgamma), 1e-5)
    })
  })

  describe('attention', () => {
    const [heads, depth, rows] = [3, 20, 23]
    const width = heads * depth
    const segments = [
      [0, 9],
      [9, 1],
      [11, 12],
    ] as const
    const [q, k, v, dy] = [1, 2, 3, 4].map((seed) => reference.draw(rows * width, seed)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const options = (causal: boolean, rate: number) => ({
      ...{ q, k, v, rows, heads, depth, segments, causal, factorCols: 16 },
      factors: reference.dropFactors(keyNumbers, rate, heads * rows, 16),
    })
    const inputsOf = (causal: boolean, drop: Dropout): AttentionInputs => ({
      ...{ q: floats(q, rows, width), k: floats(k, rows, width), v: floats(v, rows, width) },
      ...{ segments: integers(segments.flat(), 3, 2), heads, causal, dropout: drop },
    })

    test.each([
      [false, 0],
      [true, 0],
      [false, 0.25],
      [true, 0.25],
    ])('forward and gradients, causal %s, dropout %f', (causal, rate) => {
      const numbers = options(causal, rate)
      const inputs = inputsOf(causal, { rate, key: key() })
      const { context, logsumexp } = attention(inputs)
      expectClose(keep(context), reference.attention(numbers), 1e-5)
      keep(logsumexp)
      const { dq, dk, dv } = attentionGrad(inputs, logsumexp, floats(dy, rows, width))
      if (dk === undefined || dv === undefined) throw new Error('no gradient of k and v')
      expectGradient(keep(dq), (x) => reference.attention({ ...numbers, q: x }), q, dy)
      expectGradient(keep(dk), (x) => reference.attention({ ...numbers, k: x }), k, dy)
      expectGradient(keep(dv), (x) => reference.attention({ ...numbers, v: x }), v, dy)
    })

    test('q, k and v side by side give the same context and gradient', () => {
      const joinedOf = (parts: readonly Float32Array[]): Float32Array =>
        Float32Array.from({ length: rows * 3 * width }, (_, i) => {
          const [row, column] = [Math.floor(i / (3 * width)), i % (3 * width)]
          return parts[Math.floor(column / width)]?.[row * width + (column % width)] ?? Number.NaN
        })
      const apart = inputsOf(false, { rate: 0.25, key: key() })
      const { segments: where, dropout: drop } = apart
      const joined = { q: floats(joinedOf([q, k, v]), rows, 3 * width), segments: where, heads }
      const withDrop = drop === undefined ? joined : { ...joined, dropout: drop }
      const [a, b] = [attention(apart), attention(withDrop)]
      expect(readFloats(keep(b.context))).toEqual(readFloats(keep(a.context)))
      const gradient = floats(dy, rows, width)
      const da = attentionGrad(apart, keep(a.logsumexp), gradient)
      const db = attentionGrad(withDrop, keep(b.logsumexp), gradient)
      const parts = [da.dq, da.dk, da.dv].map((one) => (one ? readFloats(keep(one)) : dy))
      expect(readFloats(keep(db.dq))).toEqual(joinedOf(parts))
      expect(db.dk).toBeUndefined()
    })

    test('rows of no sequence get zeros', () => {
      const { context, logsumexp } = attention(inputsOf(false, { rate: 0, key: key() }))
      keep(logsumexp)
      expect(readFloats(keep(context)).slice(10 * width, 11 * width)).toEqual(
        new Float32Array(width),
      )
    })

    test.each([
      [false, 0],
      [true, 0.25],
    ])('bfloat16 stays within its rounding, causal %s, dropout %f', (causal, rate) => {
      const wide = inputsOf(causal, { rate, key: key() })
      const { q: wq, k: wk = wq, v: wv = wq } = wide
      const small = { ...wide, q: half(wq), k: half(wk), v: half(wv) }
      const [a, b] = [attention(wide), attention(small)]
      for (const one of [a.context, a.logsumexp, b.context, b.logsumexp]) keep(one)
      expect(b.context.dtype).toBe('bfloat16')
      expectClose(b.context, readFloats(a.context), 0.015)
      const gradient = floats(dy, rows, width)
      const exact = attentionGrad(wide, a.logsumexp, gradient)
      const rounded = attentionGrad(small, b.logsumexp, half(gradient))
      for (const name of ['dq', 'dk', 'dv'] as const) {
        const [x, y] = [exact[name], rounded[name]]
        if (x === undefined || y === undefined) throw new Error(`no ${name}`)
        expectClose(keep(y), readFloats(keep(x)), 0.03)
      }
    })
  })

  describe('embedding', () => {
    const [cols, entries, epsilon] = [40, 13, 1e-12]
    const [wordIds, positionIds, kindIds] = [
      [3, 0, 3, 12, 7],
      [0, 1, 2, 0, 1],
      [0, 0, 1, 1, 0],
    ] as const
    const rows = wordIds.length
    const [word, position, kind, dy] = [
      reference.draw(entries * cols, 1),
      reference.draw(3 * cols, 2),
      reference.draw(2 * cols, 3),
      reference.draw(rows * cols, 4),
    ]
    const [gamma, beta] = [reference.draw(cols, 5), reference.draw(cols, 6)]
    const rate = 0.2
    const factors = reference.dropFactors(keyNumbers, rate, rows, cols)

    const expected = (table: ArrayLike<number>, scale: ArrayLike<number> = gamma): Float64Array => {
      const sums = Float64Array.from({ length: rows * cols }, (_, i) => {
        const [row, c] = [Math.floor(i / cols), i % cols]
        const pick = (from: ArrayLike<number>, ids: readonly number[]): number =>
          from[(ids[row] ?? 0) * cols + c] ?? Number.NaN
        return pick(table, wordIds) + pick(position, positionIds) + pick(kind, kindIds)
      })
      const normed = reference.layerNorm(sums, scale, beta, epsilon)
      return normed.map((value, i) => value * (factors[i] ?? 0))
    }

    test('gathers, norms and drops; its gradient is sparse', () => {
      const inputs = {
        word: { table: floats(word, entries, cols), ids: integers(wordIds, rows) },
        position: { table: floats(position, 3, cols), ids: integers(positionIds, rows) },
        kind: { table: floats(kind, 2, cols), ids: integers(kindIds, rows) },
        ...{ gamma: floats(gamma, cols), dropout: { rate, key: key() } },
      }
      const result = embed(inputs, floats(beta, cols), { epsilon })
      for (const one of [result.y, result.mean, result.rstd]) keep(one)
      expectClose(result.y, expected(word), 1e-5)
      const { drows, dgamma, dbeta } = embedGrad(inputs, result, floats(dy, rows, cols))
      keep(dbeta)
      expectGradient(keep(dgamma), (g) => expected(word, g), gamma, dy)
      const { ids, values } = rowSum(keep(drows), inputs.word.ids)
      expect([...read(keep(ids))]).toEqual([0, 3, 7, 12])
      const dense = new Float32Array(entries * cols)
      const sparse = readFloats(keep(values))
      ;[0, 3, 7, 12].forEach((id, i) => {
        dense.set(sparse.subarray(i * cols, (i + 1) * cols), id * cols)
      })
      expectGradient(floats(dense, entries, cols), expected, word, dy)
    })
  })

  test('column sums equal the plain sums', () => {
    const [rows, cols] = [301, 19]
    const x = reference.draw(rows * cols, 1)
    const expected = Array.from({ length: cols }, (_, c) =>
      x.reduce((total, value, i) => (i % cols === c ? total + value : total), 0),
    )
    expectClose(keep(columnSum(floats(x, rows, cols))), expected, 1e-4)
  })

  test('float32 rounds to the nearest bfloat16, ties to even', () => {
    const x = Float32Array.of(1, 1.00390625, 1.01171875, -1.004, 3.3e38, 0, 1e-30)
    const back = readFloats(half(floats(x, x.length)))
    expect([...back].slice(0, 4)).toEqual([1, 1, 1.015625, -1.0078125])
    expect(readFloats(half(floats(Float32Array.of(Number.NaN), 1)))[0]).toBeNaN()
  })
})

test('bad shapes are refused with a reason and leave no tensor behind', () => {
  const before = memory().tensors
  const x = tensor(new Float32Array(6), [2, 3])
  const bias = tensor(new Float32Array(2), [2])
  expect(() => biasActivation('gelu', x, bias)).toThrow(/one value a column/)
  const segments = tensor(Int32Array.of(0, 5), [1, 2])
  expect(() => attention({ q: x, segments, heads: 1 })).toThrow(/segment leaves the rows/)
  dispose(x, bias, segments)
  expect(memory().tensors).toBe(before)
})

test('a thousand calls neither keep tensors nor memory', () => {
  const [rows, width] = [256, 192]
  const q = tensor(reference.draw(rows * 3 * width, 1), [rows, 3 * width])
  const segments = tensor(Int32Array.of(0, 100, 100, 156), [2, 2])
  const gamma = tensor(new Float32Array(width).fill(1), [width])
  const round = (): void => {
    const inputs = { q, segments, heads: 6 }
    const { context, logsumexp } = attention(inputs)
    const normed = residualNorm({ branch: context, residual: context, gamma }, gamma, 1e-5)
    const active = biasActivation('gelu', normed.y, gamma)
    const back = biasActivationGrad('gelu', normed.y, gamma, active)
    const norm = residualNormGrad({ branch: context, residual: context, gamma }, normed, back.dx)
    const grads = attentionGrad(inputs, logsumexp, norm.dbranch)
    dispose(context, logsumexp, normed.y, normed.mean, normed.rstd, active, back.dx, back.dbias)
    dispose(norm.dbranch, norm.dresidual, norm.dgamma, norm.dbeta, norm.dbias)
    dispose(grads.dq, grads.dk, grads.dv)
  }
  for (let i = 0; i < 200; i++) round()
  const [tensors, rss] = [memory().tensors, process.memoryUsage().rss]
  for (let i = 0; i < 1000; i++) round()
  expect(memory().tensors).toBe(tensors)
  expect(process.memoryUsage().rss - rss).toBeLessThan(40e6)
  dispose(q, segments, gamma)
})
