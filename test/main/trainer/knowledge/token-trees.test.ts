import { describe, expect, it } from 'vitest'
import {
  growTree,
  joinTrees,
  structureOf,
} from '../../../../src/main/trainer/knowledge/token-trees'

/**
 * "Tim Cook is currently visiting Beijing now" with (Tim Cook, CEO, Apple), (Beijing, capital, China)
 * and (Beijing, is_a, City): the example of Liu et al. 2020, figures 1 to 3. Words are numbers here.
 */
const words = [
  ...['[CLS]', 'Tim', 'Cook', 'is', 'currently', 'visiting', 'Beijing', 'now', '[SEP]'],
  ...['CEO', 'Apple', 'capital', 'China', 'is_a', 'City'],
]
const numbers = (...some: readonly string[]): number[] => some.map((word) => words.indexOf(word))
const sentence = numbers(...words.slice(0, 9))
const tree = growTree(sentence, new Uint8Array(9), [
  { start: 1, end: 3, branches: [numbers('CEO', 'Apple')] },
  { start: 6, end: 7, branches: [numbers('capital', 'China'), numbers('is_a', 'City')] },
])
const grown = [...tree.ids].map((id) => words[id] ?? '')

/** By hand: who sees whom, besides that all words of the sentence see each other. */
const hand: Readonly<Record<string, readonly string[]>> = {
  CEO: ['Tim', 'Cook', 'CEO', 'Apple'],
  Apple: ['Tim', 'Cook', 'CEO', 'Apple'],
  capital: ['Beijing', 'capital', 'China'],
  China: ['Beijing', 'capital', 'China'],
  is_a: ['Beijing', 'is_a', 'City'],
  City: ['Beijing', 'is_a', 'City'],
  Tim: ['CEO', 'Apple'],
  Cook: ['CEO', 'Apple'],
  Beijing: ['capital', 'China', 'is_a', 'City'],
}

const seenBy = (looking: string, structure: ReturnType<typeof structureOf>, length: number) =>
  grown.filter((_, at) => structure.visible[grown.indexOf(looking) * length + at] === 1)

describe('the sentence tree of the example of K-BERT', () => {
  it('puts branches behind their entities', () => {
    expect(grown.join(' ')).toBe(
      '[CLS] Tim Cook CEO Apple is currently visiting Beijing capital China is_a City now [SEP]',
    )
  })

  it('has soft positions: a branch goes on from its entity, the sentence as if there were none', () => {
    expect([...tree.positions]).toEqual([0, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 7, 8, 7, 8])
  })

  it('has the visible matrix of equation 3', () => {
    const trees = joinTrees([tree], new Uint8Array(1))
    const structure = structureOf(trees, 15)
    const ofSentence = words.slice(0, 9)
    for (const word of grown) {
      const own = ofSentence.includes(word) ? [...ofSentence, ...(hand[word] ?? [])] : hand[word]
      expect(new Set(seenBy(word, structure, 15)), word).toEqual(new Set(own))
    }
    const rows = Array.from({ length: 15 }, (_, i) =>
      [...structure.visible.subarray(i * 15, (i + 1) * 15)].join(''),
    )
    expect(rows).toEqual([
      '111001111000011', // [CLS]
      '111111111000011', // Tim
      '111111111000011', // Cook
      '011110000000000', // CEO
      '011110000000000', // Apple
      '111001111000011', // is
      '111001111000011', // currently
      '111001111000011', // visiting
      '111001111111111', // Beijing
      '000000001110000', // capital
      '000000001110000', // China
      '000000001001100', // is_a
      '000000001001100', // City
      '111001111000011', // now
      '111001111000011', // [SEP]
    ])
    expect([...structure.pooled].join('')).toBe('111001111000011')
  })
})

describe('trees of several rows', () => {
  const plain = growTree([1, 2], new Uint8Array(2), [])
  const trees = joinTrees([tree, plain], Uint8Array.of(0, 1))

  it('stand one after another', () => {
    expect([...trees.tokens.starts]).toEqual([0, 15, 17])
    expect([...trees.tokens.lengths]).toEqual([15, 2])
    expect([...trees.tokens.truncated]).toEqual([0, 1])
  })

  it('are padded with what nobody sees', () => {
    const structure = structureOf(trees, 16)
    expect([...structure.positions.subarray(16, 19)]).toEqual([0, 1, 0])
    expect([...structure.visible.subarray(16 * 16, 16 * 16 + 3)]).toEqual([1, 1, 0])
    expect(structure.visible.subarray(18 * 16).every((one) => one === 0)).toBe(true)
    expect(structure.visible.subarray(15 * 16, 16 * 16).every((one) => one === 0)).toBe(true)
    expect(structure.pooled[15]).toBe(0)
  })

  it('keep the text of a pair that an entity is in', () => {
    const pair = growTree([1, 2, 3], Uint8Array.of(0, 1, 1), [
      { start: 1, end: 2, branches: [[9]] },
    ])
    expect([...pair.typeIds]).toEqual([0, 1, 1, 1])
  })
})
