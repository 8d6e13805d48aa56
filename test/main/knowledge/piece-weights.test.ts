import { describe, expect, it } from 'vitest'
import { pieceWeights, tiltOf } from '../../../src/main/knowledge/piece-weights'
import type { Piece, ScoreTable } from '../../../src/main/knowledge/types'

const pieces: readonly Piece[] = [
  { id: 'lexicon:valence', kind: 'lexicon', label: -1, confidence: null, hard: false },
  { id: 'rule:refund', kind: 'rule', label: 0, confidence: 0.9, hard: false },
]

/** Rows by what each piece votes for; a lexicon's score is ±0.5, a rule's 1. */
function tableOf(votes: readonly (readonly [number, number])[]): ScoreTable {
  const scores = votes.flatMap(([lexicon, rule]) => [
    ...(lexicon < 0 ? [0, 0] : [0, 1].map((label) => (label === lexicon ? 0.5 : -0.5))),
    ...[0, 1].map((label) => (label === rule ? 1 : 0)),
  ])
  return {
    rows: votes.length,
    pieces: 2,
    labels: 2,
    scores: Float32Array.from(scores),
    votes: Int16Array.from(votes.flat()),
  }
}

describe('the weight of a piece', () => {
  const labels = [0, 1, 1, 0, 1, 1, 0, 1]
  const judge = (votes: readonly (readonly [number, number])[], rows = [...votes.keys()]) =>
    pieceWeights({ pieces }, tableOf(votes), {
      rows: Int32Array.from(rows),
      holds: (row, label) => labels[row] === label,
      answers: 2,
    })

  it('is the log-odds of its accuracy, drawn to what was assumed', () => {
    // The lexicon is right 6 of 8 times, the rule speaks twice and is right once.
    const [lexicon, rule] = judge([
      [0, -1],
      [1, 0],
      [1, -1],
      [0, 0],
      [0, -1],
      [1, -1],
      [1, -1],
      [1, -1],
    ])
    const odds = (accuracy: number): number => Math.log(accuracy / (1 - accuracy))
    expect(lexicon).toBeCloseTo(odds((6 + 4 * 0.7) / 12), 9)
    expect(rule).toBeCloseTo(odds((1 + 4 * 0.9) / 6), 9)
  })

  it('is what was assumed where no labelled row speaks', () => {
    expect(judge([[-1, -1]])[1]).toBeCloseTo(Math.log(0.9 / 0.1), 9)
  })

  it('is never negative: a piece that is mostly wrong is left out', () => {
    const wrong = labels.map((label): [number, number] => [1 - label, -1])
    expect(judge(wrong)[0]).toBe(0)
  })

  it('looks at the rows that it may look at alone', () => {
    const votes = labels.map((label, row): [number, number] => [row < 4 ? label : 1 - label, -1])
    expect(judge(votes, [0, 1, 2, 3])[0]).toBeGreaterThan(1)
    expect(judge(votes, [4, 5, 6, 7])[0]).toBe(0)
  })

  it('tilts by the sum of weighed scores', () => {
    const table = tableOf([
      [1, 0],
      [-1, -1],
    ])
    expect([...tiltOf(table, [2, 3], Int32Array.of(1, 0))]).toEqual([0, 0, 2, 1])
  })
})
