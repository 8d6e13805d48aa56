import { describe, expect, it } from 'vitest'
import { parseDelimited } from '../../../src/renderer/knowledge/delimited'

describe('a pasted table', () => {
  it('is cut at tabs, as spreadsheets copy it', () => {
    expect(parseDelimited('good\t1.9\r\nnot bad, really\t0.5\r\n')).toEqual([
      ['good', '1.9'],
      ['not bad, really', '0.5'],
    ])
  })

  it('is cut at commas or semicolons where there are no tabs', () => {
    expect(parseDelimited('good,1.9\nbad,-2.5')).toEqual([
      ['good', '1.9'],
      ['bad', '-2.5'],
    ])
    expect(parseDelimited('gut;1,9')).toEqual([['gut', '1,9']])
  })

  it('keeps what stands in quotes together', () => {
    expect(parseDelimited('"not good, at all",-1\n"say ""no""",-2\n"two\nlines",3')).toEqual([
      ['not good, at all', '-1'],
      ['say "no"', '-2'],
      ['two\nlines', '3'],
    ])
  })

  it('keeps a quote inside a cell as it is', () => {
    expect(parseDelimited('5" screen\t1')).toEqual([['5" screen', '1']])
  })

  it('leaves empty lines out', () => {
    expect(parseDelimited('\n good \n\n\t\n')).toEqual([['good']])
    expect(parseDelimited('')).toEqual([])
  })
})
