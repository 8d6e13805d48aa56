import { describe, expect, test } from 'vitest'
import { dropout, dropoutKey } from '../../../src/main/nn/kernels/native'
import { dispose, readFloats, tensor } from '../../../src/main/nn/tf'
import * as reference from './reference'

describe('dropout masks', () => {
  const [rows, cols, rate] = [512, 512, 0.1]
  const masked = (seed: number, step: number, layer: number): Float32Array => {
    const ones = tensor(new Float32Array(rows * cols).fill(1), [rows, cols])
    const own = dropoutKey(seed, step, layer)
    const y = dropout(ones, { rate, key: own })
    const values = readFloats(y)
    dispose(ones, own, y)
    return values
  }
  const correlation = (a: Float32Array, b: Float32Array): number =>
    a.reduce((total, value, i) => total + (value - 1) * ((b[i] ?? 0) - 1), 0) / a.length / (1 / 9)

  test('keep nine of ten, scaled so that the mean stays', () => {
    const y = masked(1, 2, 3)
    const kept = y.filter((value) => value !== 0)
    expect(Math.abs(kept.length / y.length - 0.9)).toBeLessThan(0.003)
    expect(kept.every((value) => value === Math.fround(1 / (1 - Math.fround(rate))))).toBe(true)
  })

  test('equal the reference and themselves, and differ by seed, step and layer', () => {
    const y = masked(1, 2, 3)
    const expected = reference.dropFactors([1, 0, 2, 3], rate, rows, cols)
    expect(y).toEqual(Float32Array.from(expected))
    expect(masked(1, 2, 3)).toEqual(y)
    const others = [masked(2, 2, 3), masked(1, 3, 3), masked(1, 2, 4), masked(1 + 2 ** 32, 2, 3)]
    for (const other of others) expect(Math.abs(correlation(y, other))).toBeLessThan(0.01)
  })

  test('are not correlated between neighbours, along rows or columns', () => {
    const y = masked(5, 1, 0)
    for (const offset of [1, 2, 16, cols, cols + 1, 2 * cols]) {
      const shifted = y.map((_, i) => y[(i + offset) % y.length] ?? 0)
      expect(Math.abs(correlation(y, shifted))).toBeLessThan(0.01)
    }
    const perRow = Array.from({ length: rows }, (_, row) => {
      return y.subarray(row * cols, (row + 1) * cols).filter((value) => value === 0).length
    })
    const variance = perRow.reduce((total, n) => total + (n - cols * rate) ** 2, 0) / rows
    expect(variance / (cols * rate * (1 - rate))).toBeGreaterThan(0.7)
    expect(variance / (cols * rate * (1 - rate))).toBeLessThan(1.3)
  })
})
