import { describe, expect, test } from 'vitest'
import { compilePack } from '../../../src/main/knowledge/compile'
import type { KnowledgeRow } from '../../../src/main/knowledge/types'
import { createRandom } from '../../../src/main/platform/random'
import { randomText } from './random-text'
import { packOf, row, rule, type Short } from './support'

const compiled = (when: Short) =>
  compilePack(packOf({ rules: [rule('r', when)] }), ['negative', 'positive'], {})

const fires = (when: Short, each: KnowledgeRow | string): boolean =>
  compiled(when).read(typeof each === 'string' ? row(each) : each).length > 0

/** What the rule points at in the row. */
const places = (when: Short, text: string): string[] =>
  compiled(when)
    .read(row(text))
    .flatMap(({ matches }) => matches.map(({ start, end }) => text.slice(start, end)))

describe('words', () => {
  test('contains finds words, phrases and stems', () => {
    expect(fires({ contains: 'refund' }, 'A REFUND, please')).toBe(true)
    expect(fires({ contains: 'refund' }, 'refunds')).toBe(false)
    expect(fires({ contains: 'refund', match: 'stem' }, 'refunds')).toBe(true)
    expect(fires({ contains: 'money back' }, 'my money\n back')).toBe(true)
    expect(fires({ contains: 'mon.y', match: 'regex' }, 'money')).toBe(true)
    expect(fires({ contains: ' ' }, 'a b')).toBe(false)
  })

  test('the second text of a pair counts like the first', () => {
    expect(fires({ contains: 'refund' }, row('a', {}, 'refund'))).toBe(true)
    expect(fires({ regex: 'ref.nd' }, row('a', {}, 'refund'))).toBe(true)
  })

  test('count counts places that do not overlap', () => {
    expect(fires({ count: '!', atLeast: 3 }, 'no!! no')).toBe(false)
    expect(fires({ count: '!', atLeast: 3 }, 'no!! no!')).toBe(true)
    expect(fires({ count: 'ha ha', atLeast: 2 }, 'ha ha ha')).toBe(false)
    expect(fires({ count: 'ha ha', atLeast: 2 }, 'ha ha ha ha')).toBe(true)
  })

  test('near counts the words in between, in either order, in one text', () => {
    const when: Short = { near: ['battery', 'dead', 1] }
    expect(fires(when, 'battery dead')).toBe(true)
    expect(fires(when, 'dead, old battery')).toBe(true)
    expect(fires(when, 'battery is almost dead')).toBe(false)
    expect(fires(when, 'battery one two dead three battery')).toBe(true)
    expect(fires(when, row('battery', {}, 'dead'))).toBe(false)
    expect(fires({ near: ['very', 'very', 0] }, 'very')).toBe(false)
    expect(fires({ near: ['very', 'very', 0] }, 'very very')).toBe(true)
  })

  test('patterns ignore case unless they say otherwise', () => {
    expect(fires({ regex: 'money\\s+back' }, 'MONEY  back')).toBe(true)
    expect(fires({ regex: '(?-i)money' }, 'MONEY')).toBe(false)
  })
})

describe('columns and lengths', () => {
  test('a column equals by name or by number', () => {
    const when: Short = { column: 'stars', equals: '5' }
    expect(fires(when, row('a', { stars: ' 5.0 ' }))).toBe(true)
    expect(fires(when, row('a', { stars: '4' }))).toBe(false)
    expect(fires({ column: 'colour', equals: 'Red' }, row('a', { colour: 'red' }))).toBe(true)
  })

  test('a column that is missing, empty or no number is in no bounds', () => {
    const when: Short = { column: 'stars', atMost: 5 }
    expect(fires(when, row('a', { stars: '-3' }))).toBe(true)
    expect(fires(when, row('a'))).toBe(false)
    expect(fires(when, row('a', { stars: '' }))).toBe(false)
    expect(fires(when, row('a', { stars: 'many' }))).toBe(false)
    expect(fires({ column: 'constructor', atLeast: 0 }, row('a'))).toBe(false)
  })

  test('lengths count characters as people do, and words', () => {
    expect(fires({ length: 'characters', atMost: 2 }, '👍👍')).toBe(true)
    expect(fires({ length: 'words', atLeast: 3 }, 'well-made, no?')).toBe(false)
    expect(fires({ length: 'words', atLeast: 3 }, row('a b', {}, 'c'))).toBe(true)
  })
})

describe('combinations', () => {
  test('not, all and any are what they say', () => {
    const when: Short = {
      all: [{ any: [{ contains: 'a' }, { contains: 'b' }] }, { not: { contains: 'c' } }],
    }
    expect(fires(when, 'b')).toBe(true)
    expect(fires(when, 'a c')).toBe(false)
    expect(fires(when, 'd')).toBe(false)
  })

  test('a rule points at what it found, each place once and in order', () => {
    const when: Short = {
      any: [
        { contains: 'money' },
        { regex: 'money' },
        { all: [{ contains: 'back' }, { contains: 'no' }] },
        { near: ['back', 'please', 0] },
      ],
    }
    expect(places(when, 'Money back, please')).toEqual(['Money', 'back', 'please'])
    expect(places(when, 'money is not back')).toEqual(['money'])
    expect(places({ not: { contains: 'x' } }, 'money')).toEqual([])
  })

  test('a column is pointed at by its name', () => {
    const [evidence] = compiled({ column: 'stars', atLeast: 5 }).read(row('a', { stars: '10' }))
    expect(evidence?.matches).toEqual([
      {
        ...{ piece: 'rule:r', field: 'column', term: 'stars', start: 0, end: 2 },
        ...{ weight: 1, negated: false, intensified: false, contrasted: false },
      },
    ])
  })
})

test('patterns find the same rows among many as alone', () => {
  const random = createRandom(31)
  const rows = Array.from({ length: 600 }, () =>
    row(
      `${randomText(random, 8)} ${random.below(3) === 0 ? 'Money\t back' : 'STRAẞE'}`,
      {},
      random.below(2) === 0 ? randomText(random, 8) : null,
    ),
  )
  for (const regex of ['money\\s+back', '(stra|wel)', 'x\\.org|不好', 'good|b.d', '不+好?', '"?']) {
    const alone = compiled({ regex })
    const { votes } = alone.score(rows)
    expect([...votes], regex).toEqual(rows.map((each) => (alone.read(each).length > 0 ? 1 : -1)))
  }
})
