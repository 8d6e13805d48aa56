import { describe, expect, it } from 'vitest'
import { applyFusion, type FusionRow } from '../../../../src/main/knowledge/fusion/apply'
import { modelAlone, type FittedFusion } from '../../../../src/main/knowledge/fusion/fitted'
import type { Piece, PieceEvidence } from '../../../../src/main/knowledge/types'
import { softmaxOf } from '../../../../src/main/knowledge/softmax'
import { lexicon, rule } from './support'

const labels = ['negative', 'positive']
const override: Piece = { ...rule, id: 'rule:recall', label: 0, confidence: 0.99, hard: true }
const praise: Piece = { ...rule, id: 'rule:praise', label: 1, confidence: 0.6, hard: true }
const pack = { pieces: [lexicon, rule, override, praise] }

const speaks = (piece: number, scores: readonly number[], vote: number): PieceEvidence => ({
  piece,
  scores,
  vote,
  matches: [],
})
const fitted: FittedFusion = {
  ...modelAlone('single-label', labels),
  weights: [
    { piece: lexicon.id, weight: 1.5 },
    { piece: rule.id, weight: 0.9 },
  ],
  neighbours: { k: 3, temperature: 0.5, weight: 0.4, distance: 'cosine' },
  priorShift: { source: [0.5, 0.5], target: [0.7, 0.3], exponent: 0.8 },
  calibration: { temperature: 1.7, bias: [0.1, -0.1] },
  hardRules: true,
}
const row: FusionRow = {
  logits: [-0.5, 0.8],
  evidence: [
    speaks(0, [-0.6, 0.6], 1),
    speaks(1, [1, 0], 0),
    speaks(2, [1, 0], 0),
    speaks(3, [0, 1], 1),
  ],
  neighbours: [
    { id: 'a', text: 'first', labels: [0], distance: 0.1 },
    { id: 'b', text: 'second', labels: [1], distance: 0.2 },
    { id: 'c', text: 'third', labels: [0], distance: 0.4 },
    { id: 'd', text: 'too far', labels: [1], distance: 0.9 },
  ],
}

const close = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, k) => expect(value).toBeCloseTo(expected[k] ?? 0, 12))
}

/** The same fusion and row without the steps behind the first `count`. */
function upTo(count: number): readonly number[] {
  const near = Math.max(0, Math.min(3, count - 2))
  const cut: FittedFusion = {
    ...fitted,
    priorShift: count > 5 ? fitted.priorShift : null,
    calibration: count > 6 ? fitted.calibration : null,
  }
  const evidence = row.evidence.filter(
    ({ piece }) =>
      piece < Math.min(2, count) || (piece === 3 && count > 7) || (piece === 2 && count > 8),
  )
  // Neighbours share one mixture: without the last ones theirs goes back to the model.
  if (near < 3) {
    const before = applyFusion({ ...cut, neighbours: null }, pack, { ...row, evidence })
    const all = [0.1, 0.2, 0.4].map((distance) => Math.exp(-distance / 0.5))
    const sum = all.reduce((total, value) => total + value, 0)
    const shares = all.map((value) => (0.4 * value) / sum)
    const taken = shares.slice(0, near).reduce((total, value) => total + value, 0)
    return before.probabilities.map(
      (p, k) =>
        (1 - taken) * p +
        shares
          .slice(0, near)
          .reduce(
            (total, share, at) => total + (row.neighbours?.[at]?.labels[0] === k ? share : 0),
            0,
          ),
    )
  }
  return applyFusion(cut, pack, { ...row, evidence }).probabilities
}

describe('the provenance of a prediction', () => {
  it('adds up: without its last steps the answer is what the step before them says', () => {
    const { provenance, probabilities } = applyFusion(fitted, pack, row)
    expect(provenance.steps.map((step) => step.kind)).toEqual([
      'lexicon',
      'rule',
      'neighbour',
      'neighbour',
      'neighbour',
      'prior',
      'calibration',
      'hard-rule',
      'hard-rule',
    ])
    close(provenance.model.probabilities, softmaxOf([-0.5, 0.8]))
    close(upTo(0), provenance.model.probabilities)
    provenance.steps.forEach((step, at) => close(step.probabilities, upTo(at + 1)))
    close(probabilities, provenance.steps.at(-1)?.probabilities ?? [])
    expect(new Set(provenance.steps.map((step) => step.id)).size).toBe(9)
  })

  it('says for which class each step speaks, and whether against the model', () => {
    const { provenance, label } = applyFusion(fitted, pack, row)
    expect(provenance.model.label).toBe('positive')
    const said = provenance.steps.map(({ label: of, disagrees }) => [of, disagrees])
    expect(said.slice(0, 4)).toEqual([
      ['positive', false],
      ['negative', true],
      ['negative', true],
      ['positive', false],
    ])
    expect(said[6]).toEqual([null, false])
    expect(label).toBe('negative')
  })

  it('lets the surest hard rule decide, whatever the model says', () => {
    const sure: FusionRow = { logits: [-30, 30], evidence: row.evidence }
    expect(applyFusion(fitted, pack, sure).probabilities).toEqual([1, 0])
    const soft = applyFusion({ ...fitted, hardRules: false }, pack, sure)
    expect(soft.label).toBe('positive')
  })

  it('abstains below the stated sureness and names conformal sets', () => {
    const unsure: FittedFusion = {
      ...modelAlone('single-label', labels),
      abstainBelow: 0.6,
      conformal: { coverage: 0.9, threshold: 0.55 },
    }
    const doubtful = applyFusion(unsure, pack, { logits: [0, 0.1], evidence: [] })
    expect(doubtful.provenance).toMatchObject({ abstained: true, set: labels })
    const sure = applyFusion(unsure, pack, { logits: [0, 3], evidence: [] })
    expect(sure.provenance).toMatchObject({ abstained: false, set: ['positive'] })
  })

  it('shows pieces that weigh nothing, and that they moved nothing', () => {
    const silent = { ...modelAlone('single-label', labels) }
    const { provenance } = applyFusion(silent, pack, { ...row, evidence: [speaks(0, [-1, 1], 1)] })
    expect(provenance.steps).toHaveLength(1)
    expect(provenance.steps[0]).toMatchObject({ weight: 0, label: null, disagrees: false })
    expect(provenance.steps[0]?.text).toContain('weight 0')
  })
})

describe('labels that depend on one another', () => {
  const multi: FittedFusion = {
    ...modelAlone('multi-label', ['animal', 'dog', 'cat', 'plant']),
    hardRules: true,
    implied: [
      ['dog', 'animal'],
      ['cat', 'animal'],
    ],
    forbidden: [['animal', 'plant']],
  }

  it('are made to agree: what follows is raised, what is excluded is lowered', () => {
    const answer = applyFusion(multi, { pieces: [] }, { logits: [-1, 2, -3, 1], evidence: [] })
    expect(answer.labels).toEqual(['animal', 'dog'])
    const [animal = 0, dog = 0, cat = 0, plant = 0] = answer.probabilities
    expect(animal).toBe(dog)
    expect(animal).toBeGreaterThanOrEqual(cat)
    expect(animal + plant).toBeCloseTo(1, 12)
    expect(answer.provenance.steps.map((step) => step.text)).toEqual([
      'dog implies animal',
      'animal and plant exclude each other',
    ])
  })

  it('lowers what would imply a label that is excluded', () => {
    const answer = applyFusion(multi, { pieces: [] }, { logits: [-1, 1, -3, 2], evidence: [] })
    const [animal = 0, dog = 0, , plant = 0] = answer.probabilities
    expect(answer.labels).toEqual(['plant'])
    expect(dog).toBeLessThanOrEqual(animal)
    expect(animal + plant).toBeLessThanOrEqual(1 + 1e-12)
  })

  it('does not hang on labels that imply each other', () => {
    const circle = {
      ...multi,
      implied: [['dog', 'cat'] as [string, string], ['cat', 'dog'] as [string, string]],
    }
    const answer = applyFusion(circle, { pieces: [] }, { logits: [0, 1, -1, -2], evidence: [] })
    expect(answer.probabilities[1]).toBe(answer.probabilities[2])
  })
})
