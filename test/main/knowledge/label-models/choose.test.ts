import { describe, expect, it } from 'vitest'
import {
  chooseLabelModel,
  fitLabelModel,
  labelModelNames,
} from '../../../../src/main/knowledge/label-models/choose'
import {
  scoreProbabilities,
  scoreWeights,
} from '../../../../src/main/knowledge/label-models/scored'
import type { Piece, ScoreTable } from '../../../../src/main/knowledge/types'
import { lexicon, rule, twoClasses } from '../fusion/support'
import { accuracyOf, tenPieces } from './support'

const none = { rows: new Int32Array(0), y: new Int32Array(0) }
const positions = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i)

/** Scores that say no more than the votes: 1 for the label of the vote. */
function tableOf(seed: number): { table: ScoreTable; y: Int32Array; pieces: readonly Piece[] } {
  const { table, y } = tenPieces(seed, [0.5, 0.5], 2000)
  const scores = new Float32Array(table.rows * table.pieces * 2)
  table.votes.forEach((vote, at) => {
    if (vote >= 0) scores[2 * at + vote] = 1
  })
  const pieces = Array.from({ length: table.pieces }, (_, p): Piece => ({
    ...rule,
    id: `rule:${p}`,
    label: -1,
  }))
  return { table: { ...table, scores }, y, pieces }
}

describe('the choice of a label model', () => {
  it('is never worse than the majority vote on the labelled rows', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { table, y, pieces } = tableOf(seed)
      const labelled = { rows: positions(60), y: y.slice(0, 60) }
      const chosen = chooseLabelModel(table, pieces, labelled)
      const of = (name: string) => chosen.trials.find((trial) => trial.name === name)
      expect(of(chosen.name)?.accuracy).toBeGreaterThanOrEqual(of('majority')?.accuracy ?? 1)
      expect(of(chosen.name)?.loss).toBeLessThanOrEqual(of('majority')?.loss ?? 0)
      expect(chosen.trials.map((trial) => trial.name)).toEqual(labelModelNames)
      expect(accuracyOf(chosen.fit.probabilities, y, 2)).toBeGreaterThanOrEqual(
        accuracyOf(fitLabelModel('majority', table, pieces, none).probabilities, y, 2) - 0.005,
      )
    }
  })

  it('takes the scores of a single lexicon without labelled rows', () => {
    const data = twoClasses(200, 1, 1, 1)
    const chosen = chooseLabelModel(data.table, [lexicon], none)
    expect(chosen.name).toBe('scored')
    expect(chosen.trials).toEqual([])
    expect(accuracyOf(chosen.fit.probabilities, data.y, 2)).toBeGreaterThan(0.8)
    const { table, pieces } = tableOf(1)
    expect(chooseLabelModel(table, pieces, none).name).toBe('generative')
  })
})

describe('scored votes', () => {
  it('are softmax(Σ λ s)', () => {
    const table: ScoreTable = {
      rows: 1,
      pieces: 2,
      labels: 2,
      scores: Float32Array.of(-0.5, 0.5, 1, 0),
      votes: Int16Array.of(1, 0),
    }
    // Logits: 2 · (−0.5) + 1.5 = 0.5 and 2 · 0.5 = 1.
    const [first] = scoreProbabilities(table, Float64Array.of(2, 1.5))
    expect(first).toBeCloseTo(1 / (1 + Math.exp(0.5)), 6)
  })

  it('take stated strengths without labels, and move with them', () => {
    const good = twoClasses(100, 2, 1, 1.5)
    const noise = twoClasses(100, 2, 1, 0)
    const of = (data: typeof good, count: number): number =>
      scoreWeights(data.table, [lexicon], {
        rows: positions(count),
        y: data.y.slice(0, count),
      })[0] ?? 0
    expect(of(good, 0)).toBe(1)
    expect(of(good, 100)).toBeGreaterThan(1.5)
    expect(of(noise, 100)).toBeLessThan(0.6)
  })

  it('tell a strong word from a weak one, which votes do not', () => {
    const { table, y } = twoClasses(1000, 3, 1, 0.7)
    const labelled = { rows: positions(100), y: y.slice(0, 100) }
    const chosen = chooseLabelModel(table, [lexicon], labelled)
    expect(chosen.name).toBe('scored')
  })
})
