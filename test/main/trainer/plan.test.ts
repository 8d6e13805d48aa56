import { describe, expect, it } from 'vitest'
import { makePlan, type PlanInput } from '../../../src/main/trainer/plan'

const input = (given: Partial<PlanInput>): PlanInput => ({
  epochs: 2,
  maxSteps: null,
  accumulate: 1,
  batchesIn: () => 5,
  evaluateEvery: 'epoch',
  checkpointEvery: null,
  ...given,
})

const stepsWhere = (total: number, test: (steps: number) => boolean): number[] =>
  Array.from({ length: total }, (_, index) => index + 1).filter(test)

describe('the plan of a run', () => {
  it('visits every batch of every epoch once', () => {
    for (const accumulate of [1, 2, 3, 7]) {
      const plan = makePlan(input({ accumulate, epochs: 3 }))
      const seen: string[] = []
      for (let step = 0; step < plan.totalSteps; step++) {
        const { epoch, firstBatch, endBatch } = plan.place(step)
        for (let batch = firstBatch; batch < endBatch; batch++) seen.push(`${epoch}/${batch}`)
      }
      const expected = [0, 1, 2].flatMap((epoch) => [0, 1, 2, 3, 4].map((b) => `${epoch}/${b}`))
      expect(seen).toEqual(expected)
    }
  })

  it('takes the batches that are left in the last step of an epoch', () => {
    const plan = makePlan(input({ accumulate: 3 }))
    expect(plan.totalSteps).toBe(4)
    expect(plan.place(1)).toEqual({ epoch: 0, firstBatch: 3, endBatch: 5 })
    expect(plan.place(2)).toEqual({ epoch: 1, firstBatch: 0, endBatch: 3 })
  })

  it('follows epochs whose numbers of batches differ', () => {
    const plan = makePlan(input({ batchesIn: (epoch) => 3 + epoch, epochs: 3 }))
    expect(plan.totalSteps).toBe(12)
    expect(plan.place(6)).toMatchObject({ epoch: 1, firstBatch: 3 })
    expect(plan.place(7)).toMatchObject({ epoch: 2, firstBatch: 0 })
    expect(stepsWhere(12, (steps) => plan.evaluatesAfter(steps))).toEqual([3, 7, 12])
  })

  it('ends within an epoch when epochs are a fraction or steps are limited', () => {
    expect(makePlan(input({ epochs: 1.5 })).totalSteps).toBe(8)
    expect(makePlan(input({ epochs: 0.1 })).totalSteps).toBe(1)
    const limited = makePlan(input({ epochs: 10000, maxSteps: 7 }))
    expect(limited.totalSteps).toBe(7)
    expect(limited.epochs).toBe(2)
    expect(stepsWhere(7, (steps) => limited.evaluatesAfter(steps))).toEqual([5, 7])
  })

  it('evaluates and saves every so many steps, and evaluates at the end', () => {
    const plan = makePlan(input({ evaluateEvery: 4, checkpointEvery: 3 }))
    expect(stepsWhere(10, (steps) => plan.evaluatesAfter(steps))).toEqual([4, 8, 10])
    expect(stepsWhere(10, (steps) => plan.savesAfter(steps))).toEqual([3, 6, 9])
  })

  it('says how many epochs are done', () => {
    const plan = makePlan(input({}))
    expect([0, 1, 5, 6, 10].map((steps) => plan.epochAfter(steps))).toEqual([0, 0.2, 1, 1.2, 2])
  })

  it('is empty without a batch', () => {
    expect(makePlan(input({ batchesIn: () => 0 })).totalSteps).toBe(0)
  })
})
