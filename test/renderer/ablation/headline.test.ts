import { describe, expect, it } from 'vitest'
import { armTitle, ascending, labelsText, pieceOf } from '../../../src/renderer/ablation/arms'
import { bestSaving, headlineOf } from '../../../src/renderer/ablation/headline'
import { bestArm, cellsOf, leftOut, presentArms } from '../../../src/renderer/ablation/lookup'
import { differenceText, meanText, pText } from '../../../src/renderer/ablation/numbers'
import { exampleAblation, exampleCell, exampleDetail, exampleResult } from './exampleAblation'

describe('the headline', () => {
  it('says what the best arm saves in labels', () => {
    expect(headlineOf(exampleDetail())).toBe(
      'With 16 labels, Both reaches 0.760. Without knowledge it takes 91 labels to get there: 5.7 times as many.',
    )
  })

  it('says where a saving may be chance', () => {
    const withSeeds = (seeds: number) => {
      const tests = exampleResult.tests.map((test) => ({ ...test, p: 0.594, seeds }))
      return headlineOf(exampleDetail({ result: { ...exampleResult, tests } }))
    }
    const chance = '5.7 times as many. So far this may be chance (p = 0.594).'
    expect(withSeeds(6)?.endsWith(chance)).toBe(true)
    expect(withSeeds(5)?.endsWith(`${chance} Fewer than 6 seeds cannot show more.`)).toBe(true)
  })

  it('says so where no number that was tried is enough', () => {
    const efficiency = [{ arm: 'both', labels: 16, needed: null, ratio: null }]
    const detail = exampleDetail({ result: { ...exampleResult, efficiency } })
    expect(headlineOf(detail)).toBe(
      'With 16 labels, Both reaches 0.760. Without knowledge even 256 labels do not.',
    )
  })

  it('says the gain where there is no curve', () => {
    const detail = exampleDetail({ result: { ...exampleResult, efficiency: [] } })
    expect(headlineOf(detail)).toBe(
      'With 16 labels, Both reaches 0.760, +0.100 against none (p < 0.001).',
    )
  })

  it('does not hide that knowledge did not help', () => {
    const test = { ...exampleResult.tests[1], arm: 'both', against: 'none', labels: 16 }
    const tests = [
      {
        metric: 'test.accuracy',
        low: -0.02,
        high: 0.01,
        seeds: 2,
        ...test,
        difference: -0.01,
        p: 0.4,
      },
    ]
    const detail = exampleDetail({ result: { ...exampleResult, tests, efficiency: [] } })
    expect(headlineOf(detail)).toBe(
      'With 16 labels, no arm is better than none: the best is Both, −0.010 (p = 0.400).',
    )
  })

  it('is silent before two arms can be compared', () => {
    const table = exampleResult.table.filter(({ arm }) => arm === 'none')
    const detail = exampleDetail({ result: { table, tests: [], efficiency: [] } })
    expect(headlineOf(detail)).toBeNull()
    expect(bestSaving(detail)).toBeNull()
  })
})

describe('the best arm', () => {
  it('is that of the fewest labels, by the least loss where a loss is measured', () => {
    expect(bestArm(exampleDetail())).toBe('both')
    const ablation = exampleAblation({ metric: 'test.loss' })
    expect(bestArm(exampleDetail({ ablation }))).toBe('training')
  })
})

describe('arms', () => {
  it('have names, pieces left out too', () => {
    expect(armTitle('none')).toBe('No knowledge')
    expect(armTitle('without rule:money-back')).toBe('without rule money-back')
    expect(armTitle('something new')).toBe('something new')
    expect(pieceOf('both')).toBeNull()
  })

  it('are shown in the order of the ablation, once they have a mean', () => {
    const table = exampleResult.table.filter(({ arm }) => arm !== 'training')
    const detail = exampleDetail({ result: { ...exampleResult, table } })
    expect(presentArms(detail)).toEqual(['none', 'both'])
  })

  it('keep their cells apart, by seed', () => {
    const cells = [
      exampleCell({ seed: 1 }),
      exampleCell({ seed: 0 }),
      exampleCell({ labels: null }),
      exampleCell({ arm: 'without rule:a' }),
    ]
    const detail = exampleDetail({ cells })
    expect(cellsOf(detail, 'none', 16).map(({ seed }) => seed)).toEqual([0, 1])
    expect(leftOut(detail)).toEqual(['without rule:a'])
  })

  it('say how many labels they had', () => {
    expect(labelsText(1)).toBe('1 label')
    expect(labelsText(null)).toBe('all rows')
    expect(ascending([null, 64, 16, 64])).toEqual([16, 64, null])
  })
})

describe('numbers', () => {
  it('have three decimals and a sign where they are differences', () => {
    expect(meanText(0.12345)).toBe('0.123')
    expect(differenceText(0.0512)).toBe('+0.051')
    expect(differenceText(-0.0512)).toBe('−0.051')
    expect(differenceText(0.00001)).toBe('0.000')
    expect(pText(0.04)).toBe('p = 0.040')
  })
})
