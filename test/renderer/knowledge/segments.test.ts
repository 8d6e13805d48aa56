import { describe, expect, it } from 'vitest'
import { segmentsOf } from '../../../src/renderer/knowledge/segments'

const text = 'not a good film'
const good = { id: 'good', start: 6, end: 10 }
const phrase = { id: 'phrase', start: 0, end: 10 }

describe('a marked text', () => {
  it('is one plain piece without marks', () => {
    expect(segmentsOf(text, [])).toEqual([{ text, marks: [] }])
    expect(segmentsOf('', [])).toEqual([])
  })

  it('is cut at the borders of its marks', () => {
    expect(segmentsOf(text, [good])).toEqual([
      { text: 'not a ', marks: [] },
      { text: 'good', marks: [good] },
      { text: ' film', marks: [] },
    ])
  })

  it('knows all marks of a piece where they overlap', () => {
    const segments = segmentsOf(text, [good, phrase])
    expect(segments.map((segment) => segment.marks.map(({ id }) => id))).toEqual([
      ['phrase'],
      ['good', 'phrase'],
      [],
    ])
  })

  it('stays the same text, whatever the marks', () => {
    const marks = [
      { start: -3, end: 4 },
      { start: 12, end: 99 },
      { start: 5, end: 5 },
    ]
    expect(
      segmentsOf(text, marks)
        .map((segment) => segment.text)
        .join(''),
    ).toBe(text)
  })
})
