import { describe, expect, it } from 'vitest'
import { degreeAdverbs } from '../../../src/main/formats/degree-adverbs'
import { starterPack } from '../../../src/main/formats/starter-pack'
import { checkContent } from '../../../src/main/knowledge/check-content'

describe('the starter pack', () => {
  it('keeps every term as it stands, the first of those that differ in case', () => {
    const pack = starterPack([
      [':d', '1.5'],
      [':D', '2.3'],
      ["( '}{' )", '1.6'],
      ['fed up', '-1.8'],
    ])
    expect(pack.lexicons[0]?.entries).toEqual([
      { term: ':d', label: null, weight: 1.5 },
      { term: "( '}{' )", label: null, weight: 1.6 },
      { term: 'fed up', label: null, weight: -1.8 },
    ])
    expect(checkContent(pack)).toEqual([])
  })

  it('knows adverbs that strengthen and those that weaken, none as both', () => {
    const { stronger, weaker } = degreeAdverbs
    const all: readonly string[] = [...stronger, ...weaker]
    expect(new Set(all).size).toBe(all.length)
    const [lexicon] = starterPack([]).lexicons
    expect(lexicon?.intensifiers?.words).toMatchObject({ extremely: 0.293, slightly: -0.293 })
    const negating = lexicon?.negation?.words ?? []
    expect(all.filter((word) => negating.includes(word))).toEqual([])
    expect(lexicon?.contrast).toEqual({ words: ['but'], before: 0.5, after: 1.5 })
  })
})
