import { describe, expect, it } from 'vitest'
import {
  agreementOf,
  neededAgreement,
  unprovenPieces,
} from '../../../../src/main/trainer/knowledge/agreement'
import type { ScoreTable } from '../../../../src/main/knowledge/types'

/** One piece and two classes: each row's score for the second class. */
const table = (scores: readonly number[]): ScoreTable => ({
  rows: scores.length,
  pieces: 1,
  labels: 2,
  scores: Float32Array.from(scores.flatMap((score) => [-score, score])),
  votes: Int16Array.from(scores, (score) => (score === 0 ? -1 : score > 0 ? 1 : 0)),
})

describe('the agreement of a pack with labels', () => {
  it('is Cohen’s κ over the rows that the pack speaks about', () => {
    // 10 judged rows: 4 of 5 right in each class. Chance is 0.5, so κ = (0.8 − 0.5) / 0.5.
    const scores = [1, 1, 1, 1, -1, -1, -1, -1, -1, 1, 0, 0]
    const y = Int32Array.of(1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0)
    const found = agreementOf(table(scores), y)
    expect(found).toMatchObject({ judged: 10, correct: 8 })
    expect(found.kappa).toBeCloseTo(0.6)
    // Under independence the deviation of κ is √(p_e / ((1 − p_e) n)) = √0.1.
    expect(found.z).toBeCloseTo(0.6 / Math.sqrt(0.1))
  })

  it('is below zero for a pack that says the opposite', () => {
    expect(agreementOf(table([1, 1, -1, -1]), Int32Array.of(0, 0, 1, 1)).kappa).toBeCloseTo(-1)
  })

  it('is nothing where the pack is silent, or all rows have one class and it always says it', () => {
    expect(agreementOf(table([0, 0]), Int32Array.of(0, 1))).toMatchObject({ judged: 0, z: 0 })
    expect(agreementOf(table([1, 1]), Int32Array.of(1, 1))).toMatchObject({ kappa: 0, z: 0 })
  })
})

it('has to be the clearer, the more rows could show it', () => {
  expect([31, 32, 127, 128].map(neededAgreement)).toEqual([-1, 1, 1, 2])
})

describe('pieces that are no better than chance', () => {
  /** 40 rows, half of each class; the first `right` votes of 40 are right. */
  const y = Int32Array.from({ length: 40 }, (_, row) => row % 2)
  const votes = (right: number): readonly number[] =>
    Array.from(y, (label, row) => ((label === 1) === row < right ? 1 : -1))

  it('are known by two standard errors around it, for and against', () => {
    // Chance is 20 of 40, its standard error √10 rows: 14 to 26 are within two of them.
    const unproven = (right: number) => unprovenPieces(table(votes(right)), y).size === 1
    expect([13, 14, 20, 26, 27].map(unproven)).toEqual([false, true, true, true, false])
  })

  it('are not named by fewer rows, and a piece of one class is held against its share', () => {
    const few = votes(20).map((score, row) => (row < 31 ? score : 0))
    expect(unprovenPieces(table(few), y).size).toBe(0)
    // Says the second class in all 40 rows, where it stands in half of them.
    expect(unprovenPieces(table(votes(40).map(() => 1)), y).size).toBe(1)
  })
})
