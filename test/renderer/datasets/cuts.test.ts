import { describe, expect, it } from 'vitest'
import { classNames, intervals, parseCuts, repeated } from '../../../src/renderer/datasets/cuts'

describe('cut points as they are typed', () => {
  it('are numbers apart by commas, semicolons or spaces', () => {
    expect(parseCuts('-0.5, 0.5')).toEqual([-0.5, 0.5])
    expect(parseCuts('1;2 3')).toEqual([1, 2, 3])
  })

  it('are none where nothing is typed', () => {
    expect(parseCuts('  ')).toEqual([])
  })

  it('are refused when they do not ascend or are no numbers', () => {
    expect(parseCuts('2, 1')).toBeNull()
    expect(parseCuts('1, 1')).toBeNull()
    expect(parseCuts('low, high')).toBeNull()
    expect(parseCuts('1, Infinity')).toBeNull()
  })
})

describe('the intervals between cut points', () => {
  it('are one more than the points, open at both ends', () => {
    expect(intervals([1, 2])).toEqual([
      { from: null, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: null },
    ])
  })

  it('are none without points', () => {
    expect(intervals([])).toEqual([])
  })
})

describe('the names of the classes between cut points', () => {
  const describeInterval = ({ from, to }: { from: number | null; to: number | null }): string =>
    `${from ?? ''}–${to ?? ''}`

  it('are those that were typed, and the intervals where nothing was', () => {
    expect(classNames([-0.5, 0.5], ['negative', ' ', 'positive '], describeInterval)).toEqual([
      'negative',
      '-0.5–0.5',
      'positive',
    ])
  })

  it('are as many as there are intervals, whatever was typed before', () => {
    expect(classNames([1], ['low', 'middle', 'high'], describeInterval)).toEqual(['low', 'middle'])
    expect(classNames([], ['low'], describeInterval)).toEqual([])
  })

  it('are told apart: a name that stands twice is found', () => {
    expect(repeated(['low', 'high', 'low'])).toEqual(['low'])
    expect(repeated(['low', 'high'])).toEqual([])
  })
})
