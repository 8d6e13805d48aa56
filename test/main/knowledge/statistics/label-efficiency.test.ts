import { describe, expect, it } from 'vitest'
import { labelsNeeded } from '../../../../src/main/knowledge/statistics/label-efficiency'

const curve = [
  { labels: 16, value: 0.6 },
  { labels: 64, value: 0.7 },
  { labels: 256, value: 0.8 },
]

describe('the labels that a learning curve needs', () => {
  it('are interpolated on their logarithm', () => {
    expect(labelsNeeded(curve, 0.75)).toBeCloseTo(128, 9)
    expect(labelsNeeded(curve, 0.65)).toBeCloseTo(32, 9)
    expect(labelsNeeded(curve, 0.7)).toBeCloseTo(64, 9)
  })

  it('are those of the first point where that is enough', () => {
    expect(labelsNeeded(curve, 0.5)).toBe(16)
  })

  it('are unknown where no point is enough', () => {
    expect(labelsNeeded(curve, 0.81)).toBeNull()
    expect(labelsNeeded([], 0.5)).toBeNull()
  })

  it('are those of the first crossing where the curve falls again', () => {
    const bent = [...curve, { labels: 1024, value: 0.65 }]
    expect(labelsNeeded(bent, 0.75)).toBeCloseTo(128, 9)
  })

  it('follow a loss downwards', () => {
    const loss = [
      { labels: 10, value: 0.9 },
      { labels: 1000, value: 0.5 },
    ]
    expect(labelsNeeded(loss, 0.7, true)).toBeCloseTo(100, 9)
    expect(labelsNeeded(loss, 0.4, true)).toBeNull()
  })
})
