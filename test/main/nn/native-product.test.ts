import { afterAll, describe, expect, it } from 'vitest'
import {
  cast,
  levels,
  nativeAvailable,
  processor,
  product,
} from '../../../src/main/nn/kernels/native'
import * as ops from '../../../src/main/nn/ops'
import { dispose, memory, readFloats, tensor, type Tensor } from '../../../src/main/nn/tf'
import { numbers } from './support'

const best = nativeAvailable() ? processor().best : 'generic'

afterAll(() => {
  if (nativeAvailable()) processor(best)
})

/** m, k, n: ragged ones, sides of one tile, blocks and panels that are full or one over, many rows. */
const sizes = [
  [37, 333, 101],
  [101, 333, 37],
  [32, 32, 32],
  [48, 160, 96],
  [49, 161, 97],
  [2050, 33, 34],
  [34, 700, 2050],
  [1100, 33, 1101],
] as const

const turned = (data: Float32Array, rows: number, columns: number): Float32Array =>
  data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? Number.NaN)

describe.runIf(nativeAvailable()).each(levels.slice(1, levels.indexOf(best) + 1))(
  'a product with %s',
  (level) => {
    it.each(sizes)('of %i × %i × %i is the sum, however the matrices lie', (m, k, n) => {
      processor(level)
      const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)]
      const expected = Float64Array.from({ length: m * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n]
        let sum = 0
        for (let p = 0; p < k; p += 1) sum += (a[i * k + p] ?? 0) * (b[p * n + j] ?? 0)
        return sum
      })
      for (const [transposeA, transposeB] of [
        [false, false],
        [false, true],
        [true, false],
        [true, true],
      ] as const) {
        const left = transposeA ? tensor(turned(a, m, k), [k, m]) : tensor(a.slice(), [m, k])
        const right = transposeB ? tensor(turned(b, k, n), [n, k]) : tensor(b.slice(), [k, n])
        const got = product(left, right, transposeA, transposeB)
        expect(got.shape).toEqual([m, n])
        const worst = readFloats(got).reduce(
          (most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? Number.NaN))),
          0,
        )
        expect(worst).toBeLessThan(2e-6 * k)
        dispose(left, right, got)
      }
    })

    it('gives a row the same sums in any batch', () => {
      processor(level)
      const [m, k, n] = [90, 200, 70]
      const [a, b] = [numbers(m * k, 3), tensor(numbers(k * n, 4), [k, n])]
      const all = tensor(a.slice(), [m, k])
      const some = tensor(a.slice(40 * k, 80 * k), [40, k])
      const [whole, part] = [product(all, b), product(some, b)]
      expect(readFloats(part)).toEqual(readFloats(whole).slice(40 * n, 80 * n))
      dispose(all, some, b, whole, part)
    })
  },
)

describe.runIf(nativeAvailable())('a product', () => {
  it('keeps what is not a number, and infinities', () => {
    processor(best)
    const a = numbers(40 * 50).map((value, at) => (at === 7 ? Number.NaN : value))
    const b = numbers(50 * 33).map((value, at) => (at === 33 * 20 + 5 ? Infinity : value))
    const [left, right] = [tensor(a, [40, 50]), tensor(b, [50, 33])]
    const got = product(left, right)
    const values = readFloats(got)
    expect(values.slice(0, 33).every(Number.isNaN)).toBe(true)
    expect(Math.abs(values[33 + 5] ?? 0)).toBe(Infinity)
    expect(Number.isFinite(values[33 + 6])).toBe(true)
    dispose(left, right, got)
  })

  it('of bfloat16, and of small matrices, is TensorFlow’s', () => {
    const wide = tensor(numbers(40 * 40), [40, 40])
    const [narrow, small] = [cast(wide), tensor(numbers(6), [2, 3])]
    for (const [a, transposed] of [
      [narrow, true],
      [small, true],
    ] as const) {
      const [got, expected] = [
        product(a, a, false, transposed),
        ops.matMul(a, a, false, transposed),
      ]
      expect(readFloats(got)).toEqual(readFloats(expected))
      dispose(got, expected)
    }
    dispose(wide, narrow, small)
  })

  it('names matrices that do not fit', () => {
    const [a, b] = [tensor(numbers(40 * 50), [40, 50]), tensor(numbers(40 * 50), [40, 50])]
    expect(() => product(a, b)).toThrow(/both matrices must agree/)
    dispose(a, b)
  })

  it('leaves no tensor behind', () => {
    const [a, b] = [tensor(numbers(40 * 50), [40, 50]), tensor(numbers(50 * 60), [50, 60])]
    const before = memory().tensors
    const made: Tensor[] = Array.from({ length: 5 }, () => product(a, b))
    dispose(...made)
    expect(memory().tensors).toBe(before)
    dispose(a, b)
  })
})
