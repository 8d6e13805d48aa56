import { describe, expect, it } from 'vitest'
import { isBetter, judge, nothingYet } from '../../../src/main/trainer/best'

describe('the best evaluation', () => {
  it('is the lowest for losses and errors, the highest for everything else', () => {
    expect(isBetter('validation.loss', 1, 2)).toBe(true)
    expect(isBetter('validation.mae', 2, 1)).toBe(false)
    expect(isBetter('validation.accuracy', 0.9, 0.8)).toBe(true)
    expect(isBetter('validation.r2', 0.1, 0.2)).toBe(false)
  })

  it('stops a run when patience runs out, counted from the last improvement', () => {
    const values = [1, 0.8, 0.9, 0.7, 0.7, 0.75, 0.71]
    let state = nothingYet('validation.loss')
    const verdicts = values.map((value, index) => {
      const verdict = judge(state, { 'validation.loss': value }, index + 1, 3)
      state = verdict.state
      return verdict
    })
    expect(verdicts.map((verdict) => verdict.best)).toEqual([
      true,
      true,
      false,
      true,
      false,
      false,
      false,
    ])
    expect(verdicts.map((verdict) => verdict.stop)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
      true,
    ])
    expect(state).toMatchObject({ value: 0.7, step: 4, withoutImprovement: 3 })
  })

  it('never stops a run without patience', () => {
    let state = nothingYet('validation.accuracy')
    for (let step = 1; step < 50; step++) {
      const verdict = judge(state, { 'validation.accuracy': -step }, step, null)
      expect(verdict.stop).toBe(false)
      state = verdict.state
    }
  })

  it('names the metrics there are when the recipe asks for another', () => {
    expect(() => judge(nothingYet('validation.f2'), { 'validation.loss': 1 }, 1, null)).toThrow(
      /no metric "validation\.f2".*validation\.loss/,
    )
  })
})
