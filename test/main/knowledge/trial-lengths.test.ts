import { describe, expect, it } from 'vitest'
import {
  mayLearnAnswers,
  selfTrainingSteps,
  sufficesFor,
  trainingSteps,
  trialLengths,
  type TrialTask,
} from '../../../src/main/knowledge/trial-lengths'

describe('the length of a training', () => {
  it('sees few rows often and many rarely, and what a pack taught less', () => {
    expect([16, 256, 1000].map((rows) => trainingSteps(rows, false, null))).toEqual([28, 112, 313])
    expect([16, 256, 1000].map((rows) => trainingSteps(rows, true, null))).toEqual([20, 80, 188])
    expect(trainingSteps(256, true, 30)).toBe(30)
  })
})

describe('a self-training', () => {
  it('is for three times as many unlabelled rows as labelled ones, and sees all of them once', () => {
    expect([sufficesFor(300, 100), sufficesFor(299, 100)]).toEqual([true, false])
    expect(selfTrainingSteps(300, 16)).toBe(400 / 16)
  })

  it('needs fewer labelled rows where a pack taught something', () => {
    expect([31, 32].map((labelled) => mayLearnAnswers(500, labelled, true))).toEqual([false, true])
    expect([149, 150].map((rows) => mayLearnAnswers(500, rows, false))).toEqual([false, true])
    expect(mayLearnAnswers(199, 32, true)).toBe(false)
  })
})

describe('what is tried', () => {
  const task: TrialTask = {
    ...{ labelled: 64, unlabelled: 9000, teaching: 'auto', mayCombine: true, most: null },
  }

  it('is each start and the self-training in both folds, and once more with all rows', () => {
    // 40 steps from the words, 40 after weak labels, 5,000 / 0.75 / 16 on answers.
    const all = 40 + 40 + 417
    expect(trialLengths(task)).toEqual({ steps: 2 * all, answered: 3 * 5000, after: all })
    const many = { ...task, labelled: 256 }
    expect(trialLengths(many).after).toBe(112 + 80 + 80 + 417)
  })

  it('is one training where no pack teaches and rows are few', () => {
    const alone = { steps: 2 * 56, answered: 0, after: 0 }
    expect(trialLengths({ ...task, teaching: 'none' })).toEqual(alone)
    expect(trialLengths({ ...task, labelled: 16 })).toEqual({ ...alone, steps: 2 * 20 })
    const listed = { ...task, teaching: 'listed', mayCombine: false } as const
    expect(trialLengths(listed)).toEqual({ ...alone, steps: 2 * 40 })
  })

  it('keeps each training to what is allowed', () => {
    expect(trialLengths({ ...task, most: 10 })).toMatchObject({ steps: 60, after: 30 })
  })
})
