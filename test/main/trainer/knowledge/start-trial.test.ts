import { describe, expect, it } from 'vitest'
import {
  bestTrial,
  outcomeOf,
  type StartTrial,
} from '../../../../src/main/trainer/knowledge/start-trial'
import { differenceError } from '../../../../src/main/trainer/knowledge/heads'
import { answered, selfTrainingFrom, startOf, trialOf as trial, y } from './trials'

const plain = startOf('plain', false)
const weak = startOf('weak', true)

const taken = (trials: readonly StartTrial[], part: 'all' | null = null) =>
  bestTrial(trials, part, 2)?.starts.map(({ name }) => name)

describe('the trial that is taken', () => {
  it('is the one without weak labels where these are not clearly better', () => {
    expect(taken([trial([plain], 0.7, 0.6), trial([weak], 0.7, 0.6)])).toEqual(['plain'])
    expect(taken([trial([plain], 0.7, 0.6), trial([weak], 0.8, 0.6)])).toEqual(['weak'])
  })

  it('is the mean of all unless one of them is clearly better', () => {
    const two = [trial([plain], 0.7, 0.6), trial([weak], 0.72, 0.6)]
    expect(taken([...two, trial([plain, weak], 0.75)])).toEqual(['plain', 'weak'])
    expect(taken([...two, trial([plain, weak], 0.72)])).toEqual(['plain', 'weak'])
    expect(taken([...two, trial([plain, weak], 0.65)])).toEqual(['weak'])
  })

  it('is the self-training after them unless what came before is clearly better', () => {
    const self = selfTrainingFrom(plain)
    const before = [trial([plain], 0.7, 0.6), trial([weak], 0.72), trial([plain, weak], 0.75)]
    const takenAfter = (whole: number) =>
      bestTrial([...before, trial([plain, weak], whole, undefined, self)], null, 2)
    expect(takenAfter(0.75)?.self).toBe(self)
    expect(takenAfter(0.7)).toBe(before[2])
  })

  it('is a combined one unless what comes before is better by two errors', () => {
    const before = trial([plain], 0.7)
    const takenOver = (spread: number) => {
      const whole = answered(0.75, spread)
      const errors =
        (whole.loss - before.whole.loss) / differenceError(before.whole.logs, whole.logs, y, 2)
      const mean = { ...trial([plain, weak], 0.7), whole }
      return { errors, isTaken: bestTrial([before, mean], null, 2) === mean }
    }
    const [near, far] = [takenOver(-0.19), takenOver(-0.25)]
    expect(near.errors).toBeGreaterThan(1)
    expect(near.errors).toBeLessThan(2)
    expect(far.errors).toBeGreaterThan(2)
    expect([near.isTaken, far.isTaken]).toEqual([true, false])
  })

  it('counts a head on frozen layers that is clearly better than the training', () => {
    const two = [trial([plain], 0.7, 0.6), trial([weak], 0.72, 0.9)]
    expect(taken([...two, trial([plain, weak], 0.8)])).toEqual(['weak'])
    expect(taken([...two, trial([plain, weak], 0.8)], 'all')).toEqual(['plain', 'weak'])
    const [, after] = two
    expect(after && outcomeOf(after, null)).toBe(after?.head)
  })
})
