import { describe, expect, it } from 'vitest'
import { termTexts, wordParts } from '../../../src/main/knowledge/term-texts'
import { lexicon, negation, packOf, rule } from './support'

const textsOf = (content: Parameters<typeof packOf>[0], most = 100) =>
  termTexts(packOf(content), most)

describe('texts made of the words of a pack', () => {
  it('are the terms of its lexicons, alone, after the first word that negates, before another', () => {
    const lexicons = [lexicon('mood', { good: 2, 'well made': 1 }, { negation })]
    expect(textsOf({ lexicons })).toEqual([
      ...['good', 'not good', 'good well made'],
      ...['well made', 'not well made', 'well made good'],
    ])
  })

  it('pair terms with others from anywhere in a lexicon, some of a large one', () => {
    const entries = Array.from({ length: 1000 }, (_, at) => ({
      ...{ term: `t${at}`, label: null, weight: 1 },
    }))
    const lexicons = [lexicon('many', entries)]
    const pairs = textsOf({ lexicons }, 1000).flatMap((text) => text.split(' ')[1] ?? [])
    expect(pairs.length).toBeGreaterThan(990)
    expect(new Set(pairs).size).toBe(pairs.length)
    const some = textsOf({ lexicons }, 4).filter((text) => !text.includes(' '))
    expect(some).toEqual(['t0', 't250', 't500', 't750'])
  })

  it('are each there once, and neither patterns nor stems', () => {
    const lexicons = [
      lexicon('one', { good: 2 }),
      lexicon('other', { good: 1 }),
      lexicon('patterns', { 'g[a-z]+': 1 }, { match: 'regex' }),
      lexicon('stems', { terribl: -1 }, { match: 'stem' }),
    ]
    expect(textsOf({ lexicons })).toEqual(['good'])
  })

  it('have no space between words of scripts that have none', () => {
    const lexicons = [
      lexicon('心情', { 好: 2, 糟糕: -2 }, { negation: { ...negation, words: ['不'] } }),
    ]
    expect(textsOf({ lexicons })).toEqual(['好', '不好', '好糟糕', '糟糕', '不糟糕', '糟糕好'])
  })

  it('are such that rules fire in them', () => {
    const rules = [
      rule('a', { contains: 'money back' }),
      rule('b', { all: [{ near: ['never', 'again', 2] }, { contains: 'buy' }] }),
      rule('c', { any: [{ count: '!', atLeast: 2 }, { contains: 'wow' }] }),
    ]
    expect(textsOf({ rules })).toEqual(['money back', 'never again buy', '! !', 'wow'])
  })

  it('are not of rules that would fire in nearly every text, nor of patterns', () => {
    const rules = [
      rule('a', { all: [{ contains: 'refund' }, { not: { contains: 'joke' } }] }),
      rule('b', { length: 'words', atMost: 3 }),
      rule('c', { any: [{ contains: 'late' }, { regex: '\\d' }] }),
      rule('d', { contains: 'refunds?', match: 'regex' }),
      rule('e', { column: 'stars', atLeast: 4 }),
      rule('f', { contains: 'kept' }),
    ]
    const content = packOf({ rules })
    expect(textsOf({ rules })).toEqual(['kept'])
    expect(wordParts(content).rules.map(({ id }) => id)).toEqual(['f'])
  })
})
