import { describe, expect, it } from 'vitest'
import type { DatasetStatistics, PartStatistics } from '@shared/domain'
import { balanceOf } from '../../../src/renderer/datasets/balance'

const statistics = (...parts: readonly PartStatistics[]): DatasetStatistics => ({
  parts,
  characters: { edges: [0], counts: [] },
  tokens: null,
  tokensOf: null,
  duplicates: 0,
  leaked: 0,
  badRows: 0,
})

describe('the class balance', () => {
  it('counts each class in each part that has rows, in the order of the classes', () => {
    const { parts, lines } = balanceOf(
      { task: 'single-label', labels: ['low', 'high'] },
      statistics(
        { part: 'all', rows: 0, labels: {} },
        { part: 'train', rows: 5, labels: { high: 3, low: 2 } },
        { part: 'test', rows: 1, labels: { high: 1 } },
      ),
    )
    expect(parts.map(({ part }) => part)).toEqual(['train', 'test'])
    expect(lines).toEqual([
      { label: 'low', counts: [2, 0] },
      { label: 'high', counts: [3, 1] },
    ])
  })

  it('ends with the rows that have no label', () => {
    const { lines } = balanceOf(
      { task: 'single-label', labels: ['low'] },
      statistics({ part: 'all', rows: 5, labels: { low: 3 } }),
    )
    expect(lines.at(-1)).toEqual({ label: null, counts: [2] })
  })

  it('takes no row for unlabelled where one row has several labels', () => {
    const { lines } = balanceOf(
      { task: 'multi-label', labels: ['wet', 'cold'] },
      statistics({ part: 'all', rows: 2, labels: { wet: 2, cold: 1 } }),
    )
    expect(lines.map(({ label }) => label)).toEqual(['wet', 'cold'])
  })

  it('has no classes for numbers', () => {
    const { lines } = balanceOf(
      { task: 'regression', labels: ['score'] },
      statistics({ part: 'all', rows: 2, labels: {} }),
    )
    expect(lines).toEqual([])
  })
})
