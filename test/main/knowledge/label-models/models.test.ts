import { describe, expect, it } from 'vitest'
import { dawidSkene } from '../../../../src/main/knowledge/label-models/dawid-skene'
import { generativeModel } from '../../../../src/main/knowledge/label-models/generative'
import { majorityVote } from '../../../../src/main/knowledge/label-models/majority'
import { tripletModel } from '../../../../src/main/knowledge/label-models/triplet'
import type { LabelModelFit, VoteTable } from '../../../../src/main/knowledge/label-models/votes'
import { accuracyOf, syntheticVotes, tenPieces } from './support'

const models: readonly [string, (table: VoteTable) => LabelModelFit][] = [
  ['Dawid–Skene', dawidSkene],
  ['the generative model', generativeModel],
  ['the triplet model', tripletModel],
]
const everyModel: typeof models = [['the majority vote', majorityVote], ...models]

const greatestError = (fit: LabelModelFit, truth: readonly number[]): number =>
  Math.max(...truth.map((accuracy, p) => Math.abs(accuracy - (fit.accuracies[p] ?? 0))))

describe.each(models)('%s', (_, fitModel) => {
  it.each([
    ['two equal classes', [0.5, 0.5]],
    ['two unequal classes', [0.7, 0.3]],
    ['four classes', [0.4, 0.3, 0.2, 0.1]],
  ])('finds the accuracies of ten pieces within 0.03: %s', (_name, shares) => {
    for (const seed of [1, 2, 3]) {
      const { table, accuracies } = tenPieces(seed, shares)
      const fit = fitModel(table)
      expect(greatestError(fit, accuracies)).toBeLessThan(0.03)
      shares.forEach((share, k) => expect(fit.prior[k]).toBeCloseTo(share, 1))
    }
  })

  it('labels rows better than the majority vote', () => {
    const { table, y } = tenPieces(5, [0.5, 0.5])
    const gain =
      accuracyOf(fitModel(table).probabilities, y, 2) -
      accuracyOf(majorityVote(table).probabilities, y, 2)
    expect(gain).toBeGreaterThan(0.01)
  })

  it('is no worse than the majority vote where rules always name one class', () => {
    const { table, y } = syntheticVotes({
      rows: 3000,
      accuracies: [0.8, ...new Array<number>(24).fill(0.65)],
      coverages: [0.5, ...new Array<number>(24).fill(0.04)],
      shares: [0.6, 0.4],
      seed: 3,
    })
    // Every rule keeps the votes for one class: two of three name the first.
    const votes = table.votes.map((vote, at) => {
      const piece = at % table.pieces
      return piece === 0 || vote === (piece % 3 === 0 ? 1 : 0) ? vote : -1
    })
    const real = { ...table, votes }
    const fit = fitModel(real)
    const spoken = y.map((label, row) =>
      votes.subarray(row * table.pieces, (row + 1) * table.pieces).some((vote) => vote >= 0)
        ? label
        : -1,
    )
    expect(accuracyOf(fit.probabilities, spoken, 2)).toBeGreaterThanOrEqual(
      accuracyOf(majorityVote(real).probabilities, spoken, 2),
    )
    expect(Math.min(...fit.prior)).toBeGreaterThan(0.3)
  })

  it('is not misled by a piece that never votes', () => {
    const { table, accuracies } = tenPieces(1, [0.7, 0.3])
    const votes = new Int16Array(table.rows * 11).fill(-1)
    for (let row = 0; row < table.rows; row += 1)
      votes.set(table.votes.subarray(row * 10, (row + 1) * 10), row * 11)
    const fit = fitModel({ ...table, pieces: 11, votes })
    expect(greatestError(fit, accuracies)).toBeLessThan(0.03)
  })

  it('recognises a piece that is mostly wrong', () => {
    const { table } = syntheticVotes({
      rows: 3000,
      accuracies: [0.8, 0.85, 0.75, 0.8, 0.2],
      coverages: [0.8, 0.8, 0.8, 0.8, 0.8],
      shares: [0.5, 0.5],
      seed: 9,
    })
    expect(fitModel(table).accuracies[4]).toBeCloseTo(0.2, 1)
  })
})

describe.each(everyModel)('%s', (_, fitModel) => {
  it('gives probabilities that sum to 1, and the class shares where nobody votes', () => {
    const { table } = tenPieces(4, [0.6, 0.3, 0.1], 300)
    const silent: VoteTable = {
      ...table,
      votes: table.votes.map((vote, at) => (at < 10 ? -1 : vote)),
    }
    const fit = fitModel(silent)
    for (let i = 0; i < 300; i += 1) {
      const row = fit.probabilities.subarray(3 * i, 3 * i + 3)
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
    }
    expect(fit.probabilities.every(Number.isFinite)).toBe(true)
  })

  it.each([
    ['no rows', { rows: 0, pieces: 3, labels: 2, votes: new Int16Array(0) }],
    ['no pieces', { rows: 2, pieces: 0, labels: 2, votes: new Int16Array(0) }],
    ['no votes', { rows: 2, pieces: 2, labels: 2, votes: new Int16Array(4).fill(-1) }],
    ['one piece', { rows: 3, pieces: 1, labels: 2, votes: Int16Array.of(0, 1, -1) }],
    ['one vote', { rows: 1, pieces: 3, labels: 3, votes: Int16Array.of(-1, 2, -1) }],
  ])('stays finite with %s', (_name, table) => {
    const fit = fitModel(table)
    expect(fit.probabilities).toHaveLength(table.rows * table.labels)
    expect([...fit.probabilities, ...fit.accuracies, ...fit.prior].every(Number.isFinite)).toBe(
      true,
    )
  })

  it('follows a lone vote', () => {
    const fit = fitModel({ rows: 2, pieces: 1, labels: 2, votes: Int16Array.of(0, 1) })
    expect(fit.probabilities[0]).toBeGreaterThan(0.5)
    expect(fit.probabilities[3]).toBeGreaterThan(0.5)
  })
})

describe('the majority vote', () => {
  it('counts the votes and one shared by all classes', () => {
    const fit = majorityVote({ rows: 1, pieces: 3, labels: 2, votes: Int16Array.of(1, 1, 0) })
    expect([...fit.probabilities]).toEqual([1.5 / 4, 2.5 / 4])
  })
})

describe('one step of Dawid–Skene', () => {
  it('is what a calculation by hand gives', () => {
    // Majority start: row 0 votes (0, 0) → (2.5, 0.5) / 3; row 1 votes (1, 1) → (0.5, 2.5) / 3.
    // P(vote 0 | class 0) of each piece = (1.5 + 2.5/3) / (2.5 + 1) = 2/3, P(0 | 1) = (0.5 + 0.5/3) / 3.5
    // = 4/21; P(1 | 1) and P(1 | 0) likewise; prior ½. P(0 | votes 0, 0) = (2/3)² / ((2/3)² + (4/21)²).
    const fit = dawidSkene(
      { rows: 2, pieces: 2, labels: 2, votes: Int16Array.of(0, 0, 1, 1) },
      { maxIterations: 1 },
    )
    const expected = (2 / 3) ** 2 / ((2 / 3) ** 2 + (4 / 21) ** 2)
    expect(fit.probabilities[0]).toBeCloseTo(expected, 6)
  })
})
