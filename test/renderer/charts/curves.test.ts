import { describe, expect, it } from 'vitest'
import type { Series } from '@shared/domain'
import { align, appendTail, curvesToCsv, smooth } from '../../../src/renderer/charts/curves'
import { runStyle, seriesStyle } from '../../../src/renderer/charts/palette'
import { curvesToSvg, ticks } from '../../../src/renderer/charts/svg'

const series = (step: number[], value: number[]): Series => ({
  name: 'train.loss',
  step,
  value,
  min: value,
  max: value,
  seconds: step,
  epoch: step,
  samples: step,
  rawPoints: step.length,
  raw: true,
})

describe('smoothing', () => {
  it('leaves a constant curve constant from its first point', () => {
    for (const value of smooth([2, 2, 2, 2], 0.9)) expect(value).toBeCloseTo(2, 12)
  })

  it('is the weighted mean of the two first points at the second', () => {
    expect(smooth([1, 3], 0.5)[1]).toBeCloseTo((0.5 * 0.5 * 1 + 0.5 * 3) / 0.75, 12)
  })

  it('does not carry a value that is not a number into the points after it', () => {
    expect(smooth([1, Number.NaN, 1], 0.5)[2]).toBeCloseTo(1, 12)
  })
})

describe('aligning curves of different runs', () => {
  it('gives every curve its own points over the union of the steps', () => {
    const aligned = align([
      { x: [1, 3], y: [10, 30] },
      { x: [2, 3], y: [20, 31] },
    ])
    expect(aligned.x).toEqual([1, 2, 3])
    expect(aligned.columns).toEqual([
      [10, null, 30],
      [null, 20, 31],
    ])
  })

  it('draws a value that is not a number as a gap', () => {
    expect(align([{ x: [1, 2], y: [1, Number.NaN] }]).columns[0]).toEqual([1, null])
  })
})

describe('the live tail', () => {
  it('adds only points after the last one that is known', () => {
    const joined = appendTail(series([1, 2], [0.9, 0.8]), series([2, 3], [0.5, 0.7]))
    expect(joined.step).toEqual([1, 2, 3])
    expect(joined.value).toEqual([0.9, 0.8, 0.7])
    expect(joined.rawPoints).toBe(3)
  })
})

describe('styles', () => {
  it('tells the first forty runs apart by colour and dash together', () => {
    const looks = Array.from({ length: 40 }, (_, index) => JSON.stringify(seriesStyle(index)))
    expect(new Set(looks).size).toBe(40)
  })

  it('gives a run the same look wherever its number is known', () => {
    expect(runStyle(3)).toEqual(seriesStyle(2))
  })
})

describe('saving a chart', () => {
  const curve = { key: 'a', label: 'a, "b"', style: seriesStyle(0), x: [0, 1], y: [1, 0.5] }

  it('writes every point and quotes labels in CSV', () => {
    expect(curvesToCsv([curve], 'step', 'loss')).toBe(
      'series,step,loss\r\n"a, ""b""",0,1\r\n"a, ""b""",1,0.5\r\n',
    )
  })

  it('escapes labels in SVG and leaves out what a log axis cannot show', () => {
    const svg = curvesToSvg([{ ...curve, label: '<b>', y: [0, 0.5] }], {
      width: 400,
      height: 200,
      title: 'Loss',
      xLabel: 'step',
      yLabel: 'loss',
      logY: true,
      theme: 'light',
    })
    expect(svg).toContain('&lt;b&gt;')
    expect(svg).not.toContain('NaN')
    expect(svg.match(/points="([^"]*)"/)?.[1]?.split(' ')).toHaveLength(1)
  })

  it('chooses round ticks within the range', () => {
    expect(ticks([0, 1])).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1])
  })
})
