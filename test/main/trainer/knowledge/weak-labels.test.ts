import { describe, expect, it } from 'vitest'
import type { ScoreTable } from '../../../../src/main/knowledge/types'
import { classesSpoken, weakLabels } from '../../../../src/main/trainer/knowledge/weak-labels'

const scores = [0.9, -0.9, 0.8, 0, 0.05, -0.7, 0.9]
const table: ScoreTable = {
  rows: scores.length,
  pieces: 1,
  labels: 2,
  scores: Float32Array.from(scores.flatMap((score) => [-score, score])),
  votes: Int16Array.from(scores, (score) => (score === 0 ? -1 : score > 0 ? 1 : 0)),
}
const pieces = [
  { id: 'lexicon:l', kind: 'lexicon', label: -1, confidence: null, hard: false },
] as const
const knowledge = {
  content: {} as never,
  compiled: { labels: ['no', 'yes'], pieces, read: () => [], score: () => table },
  scores: table,
  choice: {} as never,
}
const none = new Int32Array(0)
const parts = {
  train: Int32Array.of(0, 5),
  unlabelled: Int32Array.of(1, 2, 3, 4),
  validation: none,
  // The last row is one of the test: it must not be learned.
  test: Int32Array.of(6),
}

describe('weak labels', () => {
  const { soft } = weakLabels(knowledge, { parts }, { labelModel: 'auto', confidence: 0.75 })

  it('are for training and unlabelled rows that the pack is sure of, never for test rows', () => {
    expect([...soft.rows]).toEqual([0, 1, 2, 5])
  })

  it('are distributions, surer where the evidence is stronger', () => {
    const yes = soft.distributions.filter((_, at) => at % 2 === 1)
    expect(yes[0]).toBeGreaterThan(yes[2] ?? 1)
    expect(yes[1]).toBeLessThan(0.25)
    soft.rows.forEach((_, row) => {
      expect((soft.distributions[2 * row] ?? 0) + (yes[row] ?? 0)).toBeCloseTo(1)
    })
  })

  it('count alike for every class in total', () => {
    const total = (class_: (row: number) => boolean): number =>
      soft.weights.reduce((sum, weight, row) => sum + (class_(row) ? weight : 0), 0)
    const saysYes = (row: number): boolean => (soft.distributions[2 * row + 1] ?? 0) > 0.5
    expect(total(saysYes)).toBeCloseTo(total((row) => !saysYes(row)))
    expect(classesSpoken(soft)).toBe(2)
  })

  it('are none where the pack is never sure enough', () => {
    const nothing = weakLabels(knowledge, { parts }, { labelModel: 'auto', confidence: 0.999 })
    expect(nothing.soft.rows).toHaveLength(0)
    expect(classesSpoken(nothing.soft)).toBe(0)
  })
})
