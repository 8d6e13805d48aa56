import { describe, expect, it } from 'vitest'
import { placeOf, quantile, rowsAbove, rowsOf } from '../../../src/renderer/datasets/histogram'

/** Lengths 1 to 10, 11 to 20 and 21 to 30. */
const lengths = { edges: [1, 11, 21, 31], counts: [10, 80, 10] }

describe('a histogram of lengths', () => {
  it('holds every row', () => {
    expect(rowsOf(lengths)).toBe(100)
  })

  it('says what a share of the rows does not exceed: the longest length of its bar', () => {
    expect(quantile(lengths, 0.1)).toBe(10)
    expect(quantile(lengths, 0.5)).toBe(20)
    expect(quantile(lengths, 0.95)).toBe(30)
  })

  it('counts the rows above a limit, and those of the bar it cuts in proportion', () => {
    expect(rowsAbove(lengths, 20)).toBe(10)
    expect(rowsAbove(lengths, 15)).toBe(50)
    expect(rowsAbove(lengths, 0)).toBe(100)
    expect(rowsAbove(lengths, 30)).toBe(0)
    expect(rowsAbove(lengths, 29)).toBe(1)
  })

  it('marks a length where it lies, and none outside of it', () => {
    expect(placeOf(lengths, 1)).toBe(0)
    expect(placeOf(lengths, 16)).toBe(0.5)
    expect(placeOf(lengths, 31)).toBeNull()
    expect(placeOf(lengths, 0)).toBeNull()
  })

  it('has nothing above and nothing to mark without rows', () => {
    const empty = { edges: [0], counts: [] }
    expect(rowsAbove(empty, 128)).toBe(0)
    expect(placeOf(empty, 128)).toBeNull()
  })
})
