import { afterEach, describe, expect, it } from 'vitest'
import { activation, tanh } from '../../../../src/main/nn/kernels/activation'
import { attention, attentionOf } from '../../../../src/main/nn/kernels/attention'
import { dropout, dropoutAt } from '../../../../src/main/nn/kernels/dropout'
import { gatherRows } from '../../../../src/main/nn/kernels/gather'
import { library, useLibrary } from '../../../../src/main/nn/kernels/library'
import { linear } from '../../../../src/main/nn/kernels/linear'
import { nativeAvailable } from '../../../../src/main/nn/kernels/native'
import { residualNorm } from '../../../../src/main/nn/kernels/norm'
import { pool } from '../../../../src/main/nn/kernels/pooling'
import type { Layout, TokenBatch } from '../../../../src/main/nn/layout'
import { createLayout, disposeLayout } from '../../../../src/main/nn/layout'
import type { Tape, Value } from '../../../../src/main/nn/tape'
import { differentiate, expectClose, expectGradients, operand } from '../support'

const libraries = nativeAvailable() ? (['composed', 'fused'] as const) : (['composed'] as const)
const noise = { seed: 12, step: 3, microStep: 1 }
const dropped = () => dropoutAt(noise, 5, 0.3)

/** Three sequences of 5, 2 and 4 tokens in a batch of length 5. */
const batch: TokenBatch = {
  ids: Int32Array.from({ length: 15 }, (_, cell) => cell),
  mask: Int32Array.from([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0]),
  typeIds: undefined,
  rows: 3,
  length: 5,
}

/** The same with a branch, token 2 of the first sequence, that only token 1 sees. */
const structured: TokenBatch = {
  ...batch,
  structure: {
    positions: Int32Array.from({ length: 15 }, (_, cell) => cell % 5),
    visible: Uint8Array.from({ length: 75 }, (_, at) => {
      const [row, from, to] = [Math.floor(at / 25), Math.floor(at / 5) % 5, at % 5]
      if (row > 0 || from === to) return 1
      if (from === 2) return to === 1 ? 1 : 0
      return to === 2 && from !== 1 ? 0 : 1
    }),
    pooled: Uint8Array.from({ length: 15 }, (_, cell) => (cell === 2 ? 0 : 1)),
  },
}

function withLayout<T>(use: (layout: Layout) => T): T {
  const kind = library().packs ? 'packed' : 'padded'
  const layout = createLayout(batch, kind, { kind: 'plain' })
  try {
    return use(layout)
  } finally {
    disposeLayout(layout)
  }
}

/** The value behind an index; the tests know how many there are. */
function at(values: readonly Value[], index: number): Value {
  const value = values[index]
  if (value === undefined) throw new RangeError(`There is no operand ${index}.`)
  return value
}

afterEach(() => {
  useLibrary('auto')
})

describe.each(libraries)('with %s kernels', (name) => {
  it('linear has the gradient of x Wᵀ + b', () => {
    useLibrary(name)
    const operands = [operand([4, 6], 1), operand([5, 6], 2), operand([5], 3)]
    const build = (tape: Tape, v: readonly Value[]) => linear(tape, at(v, 0), at(v, 1), at(v, 2))
    expectGradients(build, operands)
    const { values } = differentiate(build, operands)
    const [x, w, b] = operands.map((one) => one.data)
    let expected = b?.[2] ?? NaN
    for (let k = 0; k < 6; k += 1) expected += (x?.[6 + k] ?? NaN) * (w?.[12 + k] ?? NaN)
    expect(values[5 + 2]).toBeCloseTo(expected, 5)
  })

  it('linear of many rows and a long inner axis is the same product', () => {
    useLibrary(name)
    const operands = [operand([768, 1024], 1), operand([3, 1024], 2)]
    const { values } = differentiate((tape, v) => linear(tape, at(v, 0), at(v, 1)), operands)
    const [x, w] = operands.map((one) => one.data)
    for (const row of [0, 400, 767]) {
      let expected = 0
      for (let k = 0; k < 1024; k += 1) {
        expected += (x?.[row * 1024 + k] ?? NaN) * (w?.[2 * 1024 + k] ?? NaN)
      }
      expect(values[row * 3 + 2]).toBeCloseTo(expected, 3)
    }
  })

  it.each(['gelu', 'geluTanh', 'relu', 'identity'] as const)('%s has its gradient', (kind) => {
    useLibrary(name)
    expectGradients(
      (tape, v) => activation(tape, kind, at(v, 0), at(v, 1)),
      [operand([7, 20], 4, 3), operand([20], 5, 0.5)],
    )
  })

  it('gelu is x Φ(x)', () => {
    useLibrary(name)
    const points = { shape: [1, 4], data: Float32Array.of(-1, 0, 1, 2) }
    const { values } = differentiate((tape, v) => activation(tape, 'gelu', at(v, 0)), [points])
    expectClose(values, [-0.15865525, 0, 0.84134475, 1.9544997])
  })

  it('tanh has its gradient', () => {
    useLibrary(name)
    expectGradients((tape, v) => tanh(tape, at(v, 0)), [operand([3, 5], 6)])
  })

  it('the norm has the gradient of all of its inputs, with dropout', () => {
    useLibrary(name)
    expectGradients(
      (tape, v) =>
        residualNorm(tape, {
          branch: at(v, 0),
          bias: at(v, 1),
          residual: at(v, 2),
          gamma: at(v, 3),
          beta: at(v, 4),
          epsilon: 1e-5,
          dropout: dropped(),
          copies: undefined,
        }).wide,
      [
        operand([6, 24], 1),
        operand([24], 2),
        operand([6, 24], 3),
        operand([24], 4),
        operand([24], 5),
      ],
    )
  })

  it('the norm without residual and bias has its gradient', () => {
    useLibrary(name)
    expectGradients(
      (tape, v) =>
        residualNorm(tape, {
          branch: at(v, 0),
          gamma: at(v, 1),
          beta: at(v, 2),
          epsilon: 1e-12,
          copies: undefined,
        }).wide,
      [operand([6, 24], 1, 2), operand([24], 4), operand([24], 5)],
    )
  })

  it.each([0, 0.3])('attention has its gradient at dropout %f', (rate) => {
    useLibrary(name)
    withLayout((layout) => {
      expectGradients(
        (tape, v) => {
          const out = attention(tape, at(v, 0), layout, 2, dropoutAt(noise, 7, rate))
          return gatherRows(
            tape,
            out,
            layout.places.filter((place, cell) => place >= 0 && batch.mask[cell] === 1),
          )
        },
        [operand([layout.count, 3 * 16], 8)],
      )
    })
  })

  it.each([0, 0.3])('attention over a visible matrix has its gradient at dropout %f', (rate) => {
    useLibrary(name)
    const layout = createLayout(structured, 'packed', { kind: 'plain' })
    const tokens = [...batch.mask.keys()].filter((cell) => batch.mask[cell] === 1)
    expectGradients(
      (tape, v) => {
        const out = attention(tape, at(v, 0), layout, 2, dropoutAt(noise, 7, rate))
        return gatherRows(tape, out, Int32Array.from(tokens))
      },
      [operand([layout.count, 3 * 16], 8)],
    )
    disposeLayout(layout)
  })

  it('attention passes nothing on from what is not visible', () => {
    useLibrary(name)
    const layout = createLayout(structured, 'packed', { kind: 'plain' })
    const { data, shape } = operand([layout.count, 3 * 16], 8)
    const changed = data.map((value, at) => (Math.floor(at / 48) === 2 ? value + 1 : value))
    const [before, after] = [data, changed].map(
      (one) =>
        differentiate(
          (tape, v) => attention(tape, at(v, 0), layout, 2, undefined),
          [{ shape, data: one }],
        ).values,
    )
    const moved = (row: number): boolean =>
      before?.subarray(row * 16, (row + 1) * 16).join() !==
      after?.subarray(row * 16, (row + 1) * 16).join()
    expect([0, 1, 2, 3, 4].map(moved)).toEqual([false, true, true, false, false])
    disposeLayout(layout)
  })

  it.each(['mean', 'max'] as const)('%s pooling over a part has its gradient', (kind) => {
    useLibrary(name)
    const layout = createLayout(structured, 'packed', { kind: 'plain' })
    expectGradients(
      (tape, v) => pool(tape, kind, at(v, 0), layout),
      [operand([layout.count, 6], 9)],
    )
    disposeLayout(layout)
  })

  it.each(['first', 'mean', 'max'] as const)('%s pooling has its gradient', (kind) => {
    useLibrary(name)
    withLayout((layout) => {
      expectGradients(
        (tape, v) => pool(tape, kind, at(v, 0), layout),
        [operand([layout.count, 6], 9)],
      )
    })
  })

  it('dropout drops its share, keeps the mean and repeats itself', () => {
    useLibrary(name)
    const ones = { shape: [200, 100], data: new Float32Array(20_000).fill(1) }
    const build = (tape: Tape, v: readonly Value[]) => dropout(tape, at(v, 0), dropped())
    const first = differentiate(build, [ones])
    const again = differentiate(build, [ones])
    const zeros = first.values.filter((value) => value === 0).length
    expect(zeros / 20_000).toBeGreaterThan(0.28)
    expect(zeros / 20_000).toBeLessThan(0.32)
    expect(first.values.find((value) => value !== 0)).toBeCloseTo(1 / 0.7, 5)
    expect([...again.values]).toEqual([...first.values])
    const other = (tape: Tape, v: readonly Value[]) =>
      dropout(tape, at(v, 0), dropoutAt({ ...noise, step: 4 }, 5, 0.3))
    expect([...differentiate(other, [ones]).values]).not.toEqual([...first.values])
    expectGradients(build, [operand([5, 8], 3)])
  })
})

describe('attention of some rows', () => {
  it.skipIf(!nativeAvailable()).each([0, 0.3])('has its gradient at dropout %f', (rate) => {
    useLibrary('fused')
    withLayout((layout) => {
      expectGradients(
        (tape, v) => {
          const of = { q: at(v, 0), kv: at(v, 1), places: Int32Array.of(1, 3, 9) }
          if (layout.kind === 'padded') throw new Error('Fused kernels pack.')
          return attentionOf(tape, of, layout, 2, dropoutAt(noise, 7, rate))
        },
        [operand([3, 16], 8), operand([layout.count, 2 * 16], 9)],
      )
    })
  })
})

describe('packed and padded attention', () => {
  it.skipIf(!nativeAvailable())('agree on every token', () => {
    const qkv = operand([15, 3 * 24], 11)
    const tokens = [...batch.mask.keys()].filter((cell) => batch.mask[cell] === 1)
    const packedData = Float32Array.from(
      tokens.flatMap((cell) => [...qkv.data.subarray(cell * 72, (cell + 1) * 72)]),
    )
    useLibrary('composed')
    const padded = withLayout((layout) =>
      differentiate(
        (tape, v) =>
          gatherRows(
            tape,
            attention(tape, at(v, 0), layout, 3, undefined),
            Int32Array.from(tokens),
          ),
        [qkv],
      ),
    )
    useLibrary('fused')
    const packed = withLayout((layout) =>
      differentiate(
        (tape, v) => attention(tape, at(v, 0), layout, 3, undefined),
        [{ shape: [tokens.length, 72], data: packedData }],
      ),
    )
    expectClose(packed.values, padded.values)
    const dense = padded.gradients[0] ?? new Float32Array()
    const picked = tokens.flatMap((cell) => [...dense.subarray(cell * 72, (cell + 1) * 72)])
    expectClose(packed.gradients[0] ?? [], picked)
  })
})
