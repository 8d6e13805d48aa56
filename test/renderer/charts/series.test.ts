import { describe, expect, it } from 'vitest'
import type { Series } from '@shared/domain'
import { extentOf, stepsWithin, type Curve } from '../../../src/renderer/charts/curves'
import { seriesStyle } from '../../../src/renderer/charts/palette'
import { chartSpecs, isEvaluation, isExact } from '../../../src/renderer/charts/specs'
import { byName, withTails } from '../../../src/renderer/charts/tails'

const series = (name: string, steps: readonly number[]): Series => ({
  name,
  step: steps,
  value: steps,
  min: steps,
  max: steps,
  seconds: steps.map((step) => step * 2),
  epoch: steps.map((step) => step / 10),
  samples: steps.map((step) => step * 16),
  rawPoints: steps.length,
  raw: true,
})

describe('the charts of a run', () => {
  it('lay the parts of one metric over each other and keep the rest apart', () => {
    const specs = chartSpecs([
      'gradientNorm',
      'learningRate',
      'train.loss',
      'validation.accuracy',
      'validation.f1.no',
      'validation.f1.yes',
      'validation.loss',
    ])
    expect(specs.map(({ key }) => key)).toEqual([
      'loss',
      'accuracy',
      'learningRate',
      'gradientNorm',
      'f1',
    ])
    expect(specs[0]?.names).toEqual(['train.loss', 'validation.loss'])
    expect(specs.find(({ key }) => key === 'f1')).toMatchObject({
      names: ['validation.f1.no', 'validation.f1.yes'],
      main: false,
    })
  })

  it('know evaluations and computed series by their names', () => {
    expect(isEvaluation('validation.loss')).toBe(true)
    expect(isEvaluation('train.loss')).toBe(false)
    expect(isExact('learningRate')).toBe(true)
  })
})

describe('a range dragged open', () => {
  const curve = series('train.loss', [1, 2, 3, 4, 5])

  it('reaches one point beyond both edges, in steps of any axis', () => {
    expect(stepsWithin(curve, 'step', [2.5, 3.5])).toEqual([2, 4])
    expect(stepsWithin(curve, 'seconds', [4, 6])).toEqual([1, 4])
  })

  it('stays within the curve and is nothing beyond it', () => {
    expect(stepsWithin(curve, 'step', [-5, 99])).toEqual([1, 5])
    expect(stepsWithin(curve, 'step', [50, 99])).toBeNull()
  })

  it('is seen against the extent of all curves', () => {
    expect(extentOf([curve, series('validation.loss', [3, 9])], 'step')).toEqual([1, 9])
    expect(extentOf([], 'step')).toBeNull()
    expect(extentOf([series('one', [4])], 'step')).toBeNull()
  })
})

describe('the tail of a live run', () => {
  it('lengthens known curves, starts new ones and repeats no step', () => {
    const whole = byName([series('train.loss', [1, 2, 3])])
    const next = withTails(whole, [series('train.loss', [2, 3, 4]), series('validation.loss', [4])])
    expect(next.get('train.loss')?.step).toEqual([1, 2, 3, 4])
    expect(next.get('validation.loss')?.step).toEqual([4])
    expect(whole.get('train.loss')?.step).toEqual([1, 2, 3])
  })
})

describe('what is drawn of a curve', () => {
  it('is left out where a logarithm has no value', async () => {
    const { plotData } = await import('../../../src/renderer/charts/plot')
    const curve: Curve = {
      key: 'a',
      label: 'a',
      style: seriesStyle(0),
      x: [0, 1, 2],
      y: [1, -1, 3],
    }
    const [x, y] = plotData([curve], { smoothing: 0, logX: true, logY: true })
    expect([...x]).toEqual([1, 2])
    expect(y).toEqual([null, 3])
  })

  it('is one line for exact and sparse curves, however smooth the others are', async () => {
    const { plotData } = await import('../../../src/renderer/charts/plot')
    const curve: Curve = { key: 'a', label: 'a', style: seriesStyle(0), x: [1, 2], y: [1, 3] }
    const view = { smoothing: 0.6, logX: false, logY: false }
    expect(plotData([curve], view)).toHaveLength(3)
    expect(plotData([{ ...curve, exact: true }], view)).toHaveLength(2)
    expect(plotData([{ ...curve, sparse: true }], view)).toHaveLength(2)
  })
})
