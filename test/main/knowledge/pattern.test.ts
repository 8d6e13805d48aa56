import { expect, test } from 'vitest'
import { foldCase } from '../../../src/main/knowledge/folding'
import { compilePattern } from '../../../src/main/knowledge/pattern'
import { requiredLiterals } from '../../../src/main/knowledge/required-literals'
import { createRandom } from '../../../src/main/platform/random'
import { randomText } from './random-text'

const insensitive = { caseSensitive: false }

test('matches are given as UTF-16 offsets of the text', () => {
  const text = '👍 Money  BACK, money\tback'
  const found = compilePattern('money\\s+back', insensitive).find(text)
  expect(found.map(([start, end]) => text.slice(start, end))).toEqual([
    'Money  BACK',
    'money\tback',
  ])
})

test('case counts where it is asked to', () => {
  expect(compilePattern('US', { caseSensitive: true }).test('tell us')).toBe(false)
  expect(compilePattern('US', insensitive).test('tell us')).toBe(true)
})

test('empty matches are no places', () => {
  expect(compilePattern('x*', insensitive).find('axxb')).toEqual([[1, 3]])
})

test('a catastrophic pattern ends at once', () => {
  const long = 'a'.repeat(50_000)
  const start = performance.now()
  expect(compilePattern('(a+)+$', insensitive).test(`${long}b`)).toBe(false)
  expect(compilePattern('(a|aa)+$', insensitive).find(long)).toEqual([[0, 50_000]])
  compilePattern('.*?b|a', insensitive).find(long)
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('what linear time cannot do is refused with its place', () => {
  expect(() => compilePattern('(?=a)', insensitive)).toThrow(SyntaxError)
  expect(() => compilePattern('(a)\\1', insensitive)).toThrow(/\\1/)
  expect(() => compilePattern('(a', insensitive)).toThrow(/missing closing \)/)
})

test('lone surrogates are characters like others', () => {
  expect(compilePattern('.', insensitive).find('\ud800a\udc00').length).toBe(3)
})

test('required strings are found in alternatives, groups and sequences', () => {
  const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['money\\s+back', [['money'], ['back']]],
    ['(refund|chargeback)s?', [['refund', 'chargeback']]],
    ['colou?r', [['colo'], ['r']]],
    ['a|b*', []],
    ['[abc]+', []],
    ['(?i)x', []],
    ['(?:very )+good|bad', [['very ', 'bad']]],
    ['(?P<name>abc)\\.de{2}', [['abc'], ['.d'], ['e']]],
    ['ab{0,3}c', [['a'], ['c']]],
    ['\\Qa.b\\E', []],
    ['Straße', [['strasse']]],
    ['[]a]b', [['b']]],
    ['[[:alpha:]]xy', [['xy']]],
    ['(a(b|cd)?)x(ef|gh)', [['ef', 'gh'], ['a'], ['x']]],
  ]
  for (const [source, literals] of cases) expect(requiredLiterals(source), source).toEqual(literals)
})

test('a text that matches holds what is required', () => {
  const random = createRandom(5)
  const parts = [
    'good',
    'K',
    'ß',
    '(a|b)',
    'x?',
    'İ',
    '[a-f]+',
    '.',
    '\\.',
    '(?:ok|no)+',
    'ς',
    's{2}',
  ]
  let matched = 0
  for (let round = 0; round < 1000; round += 1) {
    const source = Array.from(
      { length: 1 + random.below(3) },
      () => parts[random.below(parts.length)],
    ).join(random.below(4) === 0 ? '|' : '')
    const { literals, test: matches } = compilePattern(source, insensitive)
    const text = `${randomText(random, 10)}good\u212aSSẞς.okabs`
    if (!matches(text)) continue
    matched += 1
    const folded = foldCase(text)
    for (const strings of literals) {
      expect(
        strings.some((each) => folded.includes(each)),
        source,
      ).toBe(true)
    }
  }
  expect(matched).toBeGreaterThan(150)
})
