import { describe, expect, it } from 'vitest'
import { parseNumber, plainNumber } from '../../../src/renderer/ui/number'
import { yamlTokens } from '../../../src/renderer/ui/yaml'

const kinds = (line: string): readonly string[] =>
  yamlTokens(line).map((token) => `${token.kind}:${token.text}`)

describe('a line of YAML', () => {
  it.each([
    'epochs: 3',
    '  learningRate: 5e-5  # low',
    '- "quoted: text"',
    'url: http://host:80/#a',
    '',
    '   ',
    'not yaml at all',
    '{ flow: 1 }',
  ])('is coloured without a change: %j', (line) => {
    expect(
      yamlTokens(line)
        .map((token) => token.text)
        .join(''),
    ).toBe(line)
  })

  it('tells keys, values, texts and comments apart', () => {
    expect(kinds('  epochs: 3 # few')).toEqual([
      'plain:  ',
      'key:epochs',
      'mark::',
      'value: 3',
      'comment: # few',
    ])
    expect(kinds('name: "a b"')).toEqual(['key:name', 'mark::', 'string: "a b"'])
    expect(kinds('model: bert')).toEqual(['key:model', 'mark::', 'plain: bert'])
  })
})

describe('a number that is typed', () => {
  it.each([
    ['5e-5', 5e-5],
    ['0,1', 0.1],
    ['1 000', 1000],
    ['.5', 0.5],
    ['−2', -2],
    ['', null],
    ['1e', undefined],
    ['abc', undefined],
    ['1.2.3', undefined],
  ])('%j is %d', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })

  it.each([5e-5, 0.1, 32, 0, 1e-8])('%d is written so that it is read again', (value) => {
    expect(parseNumber(plainNumber(value))).toBe(value)
  })
})
