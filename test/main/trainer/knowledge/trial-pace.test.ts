import { describe, expect, it } from 'vitest'
import { stepsAfter, stepsOf } from '../../../../src/main/trainer/knowledge/trainings'
import { TrialPace } from '../../../../src/main/trainer/knowledge/trial-pace'
import { startOf, selfTrainingFrom } from './trials'

const start = startOf('plain', false)
const training = { steps: 10, batch: 16, learningRate: 1e-4 }
const plan = {
  ...{ starts: [{ ...start, training }], average: false },
  self: undefined,
}

function takeSteps(pace: TrialPace, steps: number): void {
  for (let step = 0; step < steps; step += 1) pace.stepTook(16, 0.5)
}

describe('the pace of trials', () => {
  it('knows no total before something is planned', () => {
    expect(new TrialPace().progress(3)).toEqual({
      ...{ phase: 'settling', step: 0, totalSteps: 0, epoch: 0, epochs: 3 },
      ...{ samplesPerSecond: null, remainingSeconds: null },
    })
  })

  it('says steps done and planned, rate and remaining time', () => {
    const pace = new TrialPace()
    pace.plan(40)
    takeSteps(pace, 10)
    expect(pace.progress(1)).toMatchObject({
      ...{ step: 10, totalSteps: 40, samplesPerSecond: 32, remainingSeconds: 15 },
    })
  })

  it('keeps its share where what was expected is planned', () => {
    const pace = new TrialPace()
    pace.expect(30)
    pace.plan(10)
    takeSteps(pace, 10)
    const before = pace.progress(1)
    pace.plan(20)
    pace.expect(10)
    expect(pace.progress(1)).toEqual(before)
    expect(before.totalSteps).toBe(40)
  })

  it('never has done more than there is', () => {
    const pace = new TrialPace()
    pace.plan(2)
    takeSteps(pace, 3)
    expect(pace.progress(1)).toMatchObject({ step: 3, totalSteps: 3, remainingSeconds: 0 })
  })
})

describe('the steps of a plan', () => {
  it('are those of all its trainings, and once more with all rows where they are combined', () => {
    const self = selfTrainingFrom(start)
    expect(stepsOf(plan)).toBe(10)
    expect(stepsOf({ ...plan, self })).toBe(14)
    expect(stepsAfter(plan)).toBe(0)
    expect(stepsAfter({ ...plan, average: true })).toBe(10)
    expect(stepsAfter({ ...plan, self })).toBe(14)
  })
})
