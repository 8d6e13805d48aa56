import { describe, expect, it } from 'vitest'
import type { DataRow } from '../../../src/shared/domain/dataset'
import { balancedWeights, encodeTargets, gatherTargets } from '../../../src/main/trainer/targets'

const rows = (...labels: readonly DataRow['label'][]): DataRow[] =>
  labels.map((label, index) => ({
    id: 100 + index,
    part: 'train',
    text: 'text',
    pair: null,
    label,
    columns: {},
  }))

describe('targets', () => {
  it('are the index of the label, in the order of the run', () => {
    const table = encodeTargets(rows('b', 'a', 'b'), 'single-label', ['a', 'b'])
    expect(table).toEqual({ kind: 'classes', values: Int32Array.of(1, 0, 1) })
    expect(gatherTargets(table, [2, 1]).values).toEqual(Int32Array.of(1, 0))
  })

  it('are a one for each of several labels', () => {
    const table = encodeTargets(rows(['b', 'c'], [], ['a']), 'multi-label', ['a', 'b', 'c'])
    expect(table.values).toEqual(Float32Array.of(0, 1, 1, 0, 0, 0, 1, 0, 0))
    expect(gatherTargets(table, [2, 0]).values).toEqual(Float32Array.of(1, 0, 0, 0, 1, 1))
  })

  it('are the value itself for regression', () => {
    const table = encodeTargets(rows(1.5, -2), 'regression', [])
    expect(table.values).toEqual(Float32Array.of(1.5, -2))
  })

  it('name the row of an unknown or missing label', () => {
    expect(() => encodeTargets(rows('a', 'x'), 'single-label', ['a', 'b'])).toThrow(
      /Row 101 .*"x".*a, b/,
    )
    expect(() => encodeTargets(rows('a', 3), 'single-label', ['a'])).toThrow(/Row 101/)
    expect(() => encodeTargets(rows('a'), 'regression', [])).toThrow(/Row 100 .*number/)
  })
})

describe('balanced class weights', () => {
  it('let every class count alike and leave the mean weight of the rows at one', () => {
    const values = Int32Array.of(0, 0, 0, 1)
    const weights = balancedWeights(values, 3)
    expect(Array.from(weights)).toEqual([4 / 9, 4 / 3, 0].map(Math.fround))
    const perClass = [3 * (weights[0] ?? 0), 1 * (weights[1] ?? 0)]
    expect(perClass[0]).toBeCloseTo(perClass[1] ?? 0, 6)
  })
})
