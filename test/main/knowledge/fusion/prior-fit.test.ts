import { describe, expect, it } from 'vitest'
import { fitPriorShift } from '../../../../src/main/knowledge/fusion/prior-fit'

const stated = {
  settings: { use: 'prior-shift', to: 'stated', weight: 'auto' },
  labels: ['negative', 'positive'],
  priors: {
    shares: { Negative: 0.2, Positive: 0.8 },
    ...{ forbidden: [], implied: [], hierarchy: {} },
  },
  labelMap: {},
  y: Int32Array.of(0, 1, 0, 1),
  temperature: 1,
} as const

/** Answers for 100 rows of which so many are said to be positive, none for sure. */
const answers = (positive: number): Float64Array =>
  Float64Array.from({ length: 200 }, (_, at) => (at >> 1 < positive === (at % 2 === 1) ? 0.7 : 0.3))

describe('a shift to the shares that a pack states', () => {
  it('is as strong as the rows without labels speak for', () => {
    const shift = fitPriorShift({ ...stated, unlabelled: answers(80) })
    expect(shift).toMatchObject({ source: [0.5, 0.5], target: [0.2, 0.8] })
    expect(shift?.exponent).toBeGreaterThan(0.2)
    expect(fitPriorShift({ ...stated, unlabelled: answers(20) })).toBeNull()
    expect(fitPriorShift({ ...stated, unlabelled: new Float64Array(0) })).toBeNull()
  })

  it('is none where a label has no share', () => {
    const labels = ['negative', 'positive', 'neutral']
    const settings = { ...stated.settings, weight: 1 }
    const y = Int32Array.of(0, 1, 2)
    const input = { ...stated, settings, labels, y, unlabelled: new Float64Array(0) }
    expect(fitPriorShift(input)).toBeNull()
  })
})
