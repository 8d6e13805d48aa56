import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../../src/shared/domain'
import { missingLooking, missingLookingLabels } from '../../../src/shared/domain/missing-labels'

describe('labels that look like missing values', () => {
  it('are known whatever their case and the spaces around them, the most frequent first', () => {
    const labels = ['NA', 'n/a', 'Null', 'none', 'NaN', '?', ' - '].map(
      (label, at) => [label, at + 1] as const,
    )
    const found = missingLooking([['good', 90], ...labels, ['nano', 5], ['no', 5], ['--', 5]])
    expect(found.map(({ label }) => label)).toEqual([
      ' - ',
      '?',
      'NaN',
      'none',
      'Null',
      'n/a',
      'NA',
    ])
    expect(found[0]?.rows).toBe(7)
  })

  it('are counted over all parts of a data set, and not where a person named classes of numbers', () => {
    const roles = { text: 't', pair: null, label: 'l', cutNames: [], labelSeparator: null }
    const parts: Dataset['statistics']['parts'] = [
      { part: 'train', rows: 10, labels: { NA: 2, good: 8 } },
      { part: 'test', rows: 3, labels: { NA: 1, good: 2 } },
    ]
    const histogram = { edges: [], counts: [] }
    const statistics = {
      ...{ parts, characters: histogram, tokens: null, tokensOf: null },
      ...{ duplicates: 0, leaked: 0, badRows: 0 },
    }
    const found = missingLookingLabels({ roles: { ...roles, cut: [] }, statistics })
    expect(found).toEqual([{ label: 'NA', rows: 3 }])
    expect(missingLookingLabels({ roles: { ...roles, cut: [3] }, statistics })).toEqual([])
  })
})
