import { describe, expect, it } from 'vitest'
import { termTexts } from '../../../src/main/knowledge/term-texts'
import { lexicon, negation, packOf, rule } from './support'

describe('texts made of the words of a pack', () => {
  it('are the terms of its lexicons, alone, after the first word that negates, before another', () => {
    const lexicons = [lexicon('mood', { good: 2, 'well made': 1 }, { negation })]
    expect(termTexts(packOf({ lexicons }))).toEqual([
      ...['good', 'not good', 'good well made'],
      ...['well made', 'not well made', 'well made good'],
    ])
  })

  it('pair terms with others from anywhere in a lexicon', () => {
    const entries = Array.from({ length: 1000 }, (_, at) => ({
      term: `t${at}`,
      label: null,
      weight: 1,
    }))
    const texts = termTexts(packOf({ lexicons: [lexicon('many', entries)] }))
    const pairs = texts.filter((text) => text.includes(' ')).map((text) => text.split(' ')[1])
    expect(pairs.length).toBeGreaterThan(990)
    expect(new Set(pairs).size).toBe(pairs.length)
  })

  it('are each there once, and no patterns', () => {
    const lexicons = [
      lexicon('one', { good: 2 }),
      lexicon('other', { good: 1 }),
      lexicon('patterns', { 'g[a-z]+': 1 }, { match: 'regex' }),
    ]
    expect(termTexts(packOf({ lexicons }))).toEqual(['good'])
  })

  it('are what rules look for, and not what they rule out', () => {
    const rules = [
      rule('a', { contains: 'money back' }),
      rule('b', { all: [{ near: ['never', 'again', 2] }, { not: { contains: 'joke' } }] }),
      rule('c', { any: [{ count: '!', atLeast: 2 }, { regex: '\\d' }] }),
      rule('d', { length: 'words', atMost: 3 }),
    ]
    expect(termTexts(packOf({ rules }))).toEqual(['money back', 'never again', '!'])
  })
})
