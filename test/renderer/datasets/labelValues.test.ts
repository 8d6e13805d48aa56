import { describe, expect, it } from 'vitest'
import type { FilePreview } from '@shared/domain'
import {
  countClasses,
  evenCuts,
  histogramOf,
  numbersOf,
} from '../../../src/renderer/datasets/labelValues'

const column = (name: string) => ({
  name,
  type: 'number' as const,
  distinct: 3,
  missing: 0,
  examples: [],
})

const preview: FilePreview = {
  path: 'reviews.csv',
  bytes: 100,
  format: { kind: 'csv', delimiter: ',', encoding: 'utf-8', header: true },
  columns: [column('text'), column('stars')],
  suggested: {},
  rows: [['good', '4.5'], ['bad', ' 1 '], ['odd', 'n/a'], ['mute', ''], ['short']],
  rowsRead: 5,
  complete: true,
  badRows: [],
}

describe('the numbers of a label column', () => {
  it('are read without the rows that hold none', () => {
    expect(numbersOf(preview, 'stars')).toEqual([4.5, 1])
  })

  it('are none for a column that the file does not have', () => {
    expect(numbersOf(preview, 'grade')).toEqual([])
  })
})

describe('the histogram of a numeric label', () => {
  it('gives each value of a coarse scale a bar that begins at it', () => {
    expect(histogramOf([1, 1.5, 1.5, 3])).toEqual({
      edges: [1, 1.5, 2, 2.5, 3, 3.5],
      counts: [1, 2, 0, 0, 1],
    })
  })

  it('puts a value that binary numbers cannot hold into its own bar', () => {
    expect(histogramOf([0.1, 0.2, 0.1 + 0.2]).counts).toEqual([1, 1, 1])
  })

  it('spreads many values over the bars there may be, the greatest in the last', () => {
    const histogram = histogramOf([0, 0.1, 1, 2, 3, 4], 4)
    expect(histogram).toEqual({ edges: [0, 1, 2, 3, 4], counts: [2, 1, 1, 2] })
  })

  it('is one bar where all values are the same', () => {
    expect(histogramOf([7, 7])).toEqual({ edges: [7, 7], counts: [2] })
  })

  it('counts nothing without values', () => {
    expect(histogramOf([]).counts).toEqual([0])
  })
})

describe('the classes between cut points', () => {
  it('hold a value at a cut point above it', () => {
    expect(countClasses([-1, -0.5, 0, 0.5, 2], [-0.5, 0.5])).toEqual([1, 2, 2])
  })

  it('are about as large as each other where cut points are proposed', () => {
    const values = Array.from({ length: 300 }, (_, index) => index)
    expect(countClasses(values, evenCuts(values, 3))).toEqual([100, 100, 100])
  })

  it('are fewer where one value fills more than a class', () => {
    expect(evenCuts([1, 1, 1, 1, 1, 5], 3)).toEqual([])
    expect(evenCuts([1, 2, 2, 2, 2, 2], 3)).toEqual([2])
  })
})
