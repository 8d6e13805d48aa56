import { describe, expect, it } from 'vitest'
import { candidatesOf, reasonOf } from '../../../../src/main/trainer/knowledge/choice-report'
import { differenceError } from '../../../../src/main/trainer/knowledge/heads'
import { selfTrainingFrom, startOf, trialOf, y } from './trials'

const plain = startOf('plain', false, 0.6)
const weak = startOf('weak', true, 0.7)
const labelled = { rows: y, y }

describe('what a run tells of the ways it tried', () => {
  const single = [trialOf([plain], 0.7, 0.6), trialOf([weak], 0.75, 0.7)]
  const mean = trialOf([plain, weak], 0.8)
  const last = trialOf([plain, weak], 0.85, undefined, selfTrainingFrom(plain))
  const trials = [...single, mean, last]
  const tried = {
    ...{ starts: [plain, weak], trials, trial: last, start: plain, solved: false },
  }

  it('names heads and trainings, each kind by itself, and marks the one that was taken', () => {
    const candidates = candidatesOf(tried, labelled, 2)
    expect(candidates.map(({ name, chosen }) => [name, chosen])).toEqual([
      ['head: plain', false],
      ['head: weak', false],
      ['trial: plain, all parameters', false],
      ['trial: plain, head', false],
      ['trial: weak, all parameters', false],
      ['trial: weak, head', false],
      ['trial: averaged', false],
      ['trial: self-trained', true],
    ])
    expect(candidates.at(-1)?.description).toContain('answers for 40 rows without labels')
    expect(candidates.at(-1)?.description).toContain(
      'the mean of trainings from “plain” and “weak”',
    )
  })

  it('gives the error of the difference to the first of the kind, on the same rows', () => {
    const errors = candidatesOf(tried, labelled, 2).map(({ error }) => error)
    expect(errors[0]).toBe(0)
    expect(errors[1]).toBe(differenceError(weak.fitted.heldOut, plain.fitted.heldOut, y, 2))
    expect(errors[2]).toBe(0)
    const [first] = single
    expect(errors[6]).toBe(first && differenceError(mean.whole.logs, first.whole.logs, y, 2))
  })

  it('marks a head that was taken among the heads and beside its training', () => {
    const [, trial] = single
    const candidates = candidatesOf({ ...tried, trial, start: weak, solved: true }, labelled, 2)
    const chosen = candidates.filter((one) => one.chosen).map(({ name }) => name)
    expect(chosen).toEqual(['head: weak', 'trial: weak, head'])
  })

  it('says what was combined, for how much, against the best single way', () => {
    const input = {
      ...{ part: null, knowledge: undefined, mayTeach: false, mostSteps: null },
      data: { parts: { train: y } },
    }
    const reason = reasonOf(tried, input, undefined)
    expect(reason).toMatch(/^What the mean of trainings from “plain” \(\d+ steps .*\) and “weak”/)
    expect(reason).toContain('answers for 40 rows without labels is learned')
    expect(reason).toContain(`a loss of ${last.whole.loss.toFixed(3)} on held-out labelled rows`)
    const [, best] = single
    expect(reason).toContain(
      `has ${best?.whole.loss.toFixed(3)} there, which is not clearly better`,
    )
    expect(reason).toMatch(/This takes the place of the run's own steps\.$/)
    const [alone] = single
    expect(reasonOf({ ...tried, trial: alone }, input, undefined)).toBe(
      'All parameters are trained: a head on frozen layers was not clearly better.',
    )
  })
})
