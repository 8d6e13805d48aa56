import { describe, expect, it } from 'vitest'
import {
  bestTrial,
  outcomeOf,
  type StartTrial,
} from '../../../../src/main/trainer/knowledge/start-trial'
import type { Start } from '../../../../src/main/trainer/knowledge/starts'

const rows = 40
const y = Int32Array.from({ length: rows }, (_, row) => row % 2)

/** Two-class answers that give the truth a probability, a little more in every third row. */
function answered(probability: number) {
  const logs = new Float64Array(rows * 2)
  y.forEach((label, row) => {
    const p = probability + (row % 3 === 0 ? 0.02 : 0)
    logs[row * 2 + label] = Math.log(p)
    logs[row * 2 + 1 - label] = Math.log(1 - p)
  })
  const loss = -y.reduce((sum, label, row) => sum + (logs[row * 2 + label] ?? 0), 0) / rows
  return { logs, loss, accuracy: probability > 0.5 ? 1 : 0 }
}

const start = (weak: boolean): Start => ({
  ...{ name: weak ? 'weak' : 'plain', description: '', weak, weights: [], prior: undefined },
  fitted: {
    head: { weight: new Float32Array(0), bias: new Float32Array(0) },
    ...{ heldOut: new Float64Array(0), loss: 1, accuracy: 0.5, l2: 1 },
  },
})
const [plain, weak] = [start(false), start(true)]

const trial = (starts: readonly Start[], whole: number, head?: number): StartTrial => ({
  ...{ starts, y, whole: answered(whole), error: 0.001 },
  head: head === undefined ? undefined : answered(head),
  answers: { rows: y, logits: new Float32Array(0), neighbours: [] },
})

const taken = (trials: readonly StartTrial[], part: 'all' | null = null) =>
  bestTrial(trials, part, 2)?.starts.map(({ name }) => name)

describe('the trial that is taken', () => {
  it('is the one without weak labels where these are not clearly better', () => {
    expect(taken([trial([plain], 0.7, 0.6), trial([weak], 0.7, 0.6)])).toEqual(['plain'])
    expect(taken([trial([plain], 0.7, 0.6), trial([weak], 0.8, 0.6)])).toEqual(['weak'])
  })

  it('is the mean of both unless one of them is clearly better', () => {
    const two = [trial([plain], 0.7, 0.6), trial([weak], 0.72, 0.6)]
    expect(taken([...two, trial([plain, weak], 0.75)])).toEqual(['plain', 'weak'])
    expect(taken([...two, trial([plain, weak], 0.72)])).toEqual(['plain', 'weak'])
    expect(taken([...two, trial([plain, weak], 0.65)])).toEqual(['weak'])
  })

  it('counts a head on frozen layers that is clearly better than the training', () => {
    const two = [trial([plain], 0.7, 0.6), trial([weak], 0.72, 0.9)]
    expect(taken([...two, trial([plain, weak], 0.8)])).toEqual(['weak'])
    expect(taken([...two, trial([plain, weak], 0.8)], 'all')).toEqual(['plain', 'weak'])
    const [, after] = two
    expect(after && outcomeOf(after, null)).toBe(after?.head)
  })
})
