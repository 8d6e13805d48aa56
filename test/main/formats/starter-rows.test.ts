import { describe, expect, it } from 'vitest'
import { PythonRandom } from '../../../src/main/formats/python-random'
import { splitLines, starterRows, toCsv } from '../../../src/main/formats/starter-rows'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

describe('the shuffle', () => {
  it('is that of Python', () => {
    const items = numbers(20)
    new PythonRandom(0).shuffle(items)
    expect(items).toEqual([10, 18, 16, 14, 0, 17, 11, 2, 3, 9, 5, 7, 4, 19, 6, 15, 8, 1, 13, 12])
    const others = numbers(10)
    new PythonRandom(4294967295).shuffle(others)
    expect(others).toEqual([0, 7, 1, 5, 2, 6, 4, 8, 3, 9])
  })

  it('is that of Python after many refills', () => {
    const items = numbers(10_000)
    new PythonRandom(12345).shuffle(items)
    expect(items.slice(0, 8)).toEqual([3501, 3450, 5239, 5957, 8340, 522, 8695, 4817])
  })
})

describe('the rows', () => {
  it('are labelled by their rating, and what is neither is left out', () => {
    const text = '1\t0.6\tgood\n2\t-0.6\tbad\r\n3\t0.5\tfair\n4\t1\n5\t2\ta\tb\n'
    const { test, train } = starterRows(text)
    expect([...test].sort()).toEqual([
      ['bad', 'negative'],
      ['good', 'positive'],
    ])
    expect(train).toEqual([])
  })

  it('are split into lines and written as Python does it', () => {
    expect(splitLines('a\u2028b\r\nc\x1cd\n\ne\n')).toEqual(['a', 'b', 'c', 'd', '', 'e'])
    expect(
      toCsv([
        ['a,b', 'say "x"'],
        ['', "'"],
      ]),
    ).toBe('"a,b","say ""x"""\r\n,\'\r\n')
  })
})
