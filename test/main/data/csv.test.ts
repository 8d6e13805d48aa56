import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { CsvOptions, CsvRecord } from '../../../src/main/data/csv'
import { CsvParser } from '../../../src/main/data/csv'
import { createRandom } from '../../../src/main/platform/random'

const read = (text: string, options: Partial<CsvOptions> = {}, piece = Infinity): CsvRecord[] => {
  const parser = new CsvParser({ delimiter: ',', quotes: 'records', ...options })
  const records: CsvRecord[] = []
  for (let at = 0; at < text.length; at += piece) {
    records.push(...parser.push(text.slice(at, at + piece)))
    if (piece === Infinity) break
  }
  return [...records, ...parser.end()]
}

const fields = (records: readonly CsvRecord[]): unknown[] =>
  records.map((record) => (record.kind === 'record' ? record.fields : record.reason))

describe('comma-separated values', () => {
  it.each<[string, string, string[][]]>([
    [
      'simple rows',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'no last line break',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'Windows line breaks',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'old Mac line breaks',
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a comma in quotes', '"a,b",c\n', [['a,b', 'c']]],
    ['a line break in quotes', '"a\nb\r\nc",d\n', [['a\nb\r\nc', 'd']]],
    ['doubled quotes', '"she said ""no""",x\n', [['she said "no"', 'x']]],
    ['only doubled quotes', '"""",""\n', [['"', '']]],
    ['empty fields', ',,\n', [['', '', '']]],
    ['an empty last field', 'a,\n', [['a', '']]],
    [
      'empty lines between',
      'a,b\n\n\r\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a quoted empty line', '""\na\n', [[''], ['a']]],
    ['spaces kept', ' a , b \n', [[' a ', ' b ']]],
    ['a quote within a field', '5" pipe,x\n', [['5" pipe', 'x']]],
    ['JSON in a field', '"{""a"": [1, 2]}",x\n', [['{"a": [1, 2]}', 'x']]],
    ['text of all the world', 'Grüße,第二年,🌱\n', [['Grüße', '第二年', '🌱']]],
  ])('are read: %s', (_name, text, expected) => {
    expect(fields(read(text))).toEqual(expected)
    for (const piece of [1, 2, 3, 7]) expect(fields(read(text, {}, piece))).toEqual(expected)
  })

  it('are read like the reference parser reads them, whatever the pieces', () => {
    const random = createRandom(11)
    const signs = ['a', 'bc', ' ', ',', '\n', '\r\n', '""', 'é', '🌱', '']
    for (let round = 0; round < 200; round += 1) {
      const rows = Array.from({ length: 1 + random.below(6) }, () =>
        Array.from({ length: 3 }, () => {
          const value = Array.from(
            { length: random.below(5) },
            () => signs[random.below(signs.length)],
          ).join('')
          return /[",\r\n]/.test(value) ? `"${value}"` : value
        }).join(','),
      )
      const text = rows.join('\n')
      const expected: unknown = parse(text, { record_delimiter: '\n', relax_column_count: true })
      expect(fields(read(text, {}, 1 + random.below(9))), JSON.stringify(text)).toEqual(expected)
    }
  })

  it('name the line where each record starts', () => {
    const lines = read('h\n"a\nb"\n\nc\r\nd\re\n', {}, 2).map(({ line }) => line)
    expect(lines).toEqual([1, 2, 5, 6, 7])
  })
})

describe('a broken record', () => {
  it('is named when text follows a closing quote, and reading goes on', () => {
    const records = read('a,b\n"x"y,1\nc,d\n', {}, 3)
    expect(fields(records)).toEqual([
      ['a', 'b'],
      'Field 1 has text after its closing quote.',
      ['c', 'd'],
    ])
  })

  it('is named by its start when a quote is never closed, and the rows after it are read', () => {
    const text = 'a,b\nx,"open\nc,d\ne,f\n'
    for (const piece of [1, 5, Infinity]) {
      expect(fields(read(text, {}, piece))).toEqual([
        ['a', 'b'],
        'The quote that opens field 2 in line 2 is never closed.',
        ['c', 'd'],
        ['e', 'f'],
      ])
    }
  })

  it('does not fill memory: the quote is given up after the longest record', () => {
    const text = `a\n"open\n${'line\n'.repeat(100)}`
    const records = read(text, { longest: 50 }, 10)
    expect(records).toHaveLength(102)
    expect(records[1]).toMatchObject({ kind: 'bad', line: 2, text: '"open' })
    expect(records.at(-1)).toMatchObject({ line: 102 })
  })

  it('is refused when the line is too long', () => {
    const records = read(`a\n${'x'.repeat(500)}\nb\n`, { longest: 50 }, 7)
    expect(fields(records)).toEqual([['a'], 'The line is longer than 50 characters.', ['b']])
    expect(records.at(-1)).toMatchObject({ line: 3 })
  })
})

describe('tab-separated values', () => {
  const options = { delimiter: '\t', quotes: 'line' } as const

  it('take quotes as plain characters unless they enclose a whole field', () => {
    const text = '"quoted"\t"say ""yes"""\n"open\tx\n"a" b\ty\n'
    for (const piece of [1, 4, Infinity]) {
      expect(fields(read(text, options, piece))).toEqual([
        ['quoted', 'say "yes"'],
        ['"open', 'x'],
        ['"a" b', 'y'],
      ])
    }
  })
})
