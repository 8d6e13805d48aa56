import { beforeAll, describe, expect, it } from 'vitest'
import type { PackContent } from '../../../../src/shared/domain'
import { loadTokenizer, type TextTokenizer } from '../../../../src/main/data/tokenizer'
import { packWords } from '../../../../src/main/trainer/knowledge/pack-words'
import { lexicon, negation, packOf, rule } from '../../knowledge/support'
import { fixture } from '../support'
import { knowledgeOf } from './term-runs'

describe("a pack's own words as texts", () => {
  let tokenizer: TextTokenizer
  beforeAll(async () => {
    tokenizer = await loadTokenizer(fixture('bert-classify'))
  })

  const wordsOf = (content: Partial<PackContent>) =>
    packWords(knowledgeOf(packOf(content), ['negative', 'positive'], []), tokenizer)
  /** Each text, and the probability that it is positive. */
  const told = ({ tokens, soft }: ReturnType<typeof wordsOf>) =>
    Array.from(soft.rows, (row, at) => [
      [...tokens.ids.subarray(tokens.starts[row], tokens.starts[row + 1])],
      Number(soft.distributions[2 * at + 1]?.toFixed(3)),
    ])
  const idsOf = (text: string): number[] => [...tokenizer.encode(text, null, 64).ids]

  it('have the class that the pack gives them, negated ones the other', () => {
    const mood = lexicon('mood', { good: 2, bad: -2 }, { negation })
    expect(told(wordsOf({ lexicons: [mood] }))).toEqual([
      [idsOf('good'), 0.95],
      [idsOf('not good'), 0.05],
      [idsOf('bad'), 0.05],
      [idsOf('not bad'), 0.95],
    ])
    // “good bad” and “bad good” speak for neither.
  })

  it('leave out what the pack says little about, or about which its pieces do not agree', () => {
    const lexicons = [
      lexicon('mood', { okay: 0.3, odd: 2 }),
      ...[lexicon('more', { odd: -2 }), lexicon('most', { fine: 3, warm: 3 })],
    ]
    const rules = [rule('a', { contains: 'refund' }, 'negative')]
    expect(told(wordsOf({ lexicons, rules }))).toEqual([
      ...['fine', 'fine warm', 'warm', 'warm fine'].map((text) => [idsOf(text), 0.95]),
      [idsOf('refund'), 0.05],
    ])
  })

  it('measure how much the pack says by its own scale', () => {
    const small = lexicon('mood', { good: 0.4, bad: -0.4, okay: 0.01 })
    const texts = told(wordsOf({ lexicons: [small] })).map(([ids]) => ids)
    expect(texts).toContainEqual(idsOf('good'))
    expect(texts).not.toContainEqual(idsOf('okay'))
  })

  it('have no class by rules that would fire in nearly every text', () => {
    const rules = [
      rule('a', { not: { contains: 'refund' } }),
      rule('b', { length: 'words', atMost: 5 }),
    ]
    const mood = lexicon('mood', { terrible: -2 })
    expect(told(wordsOf({ lexicons: [mood], rules }))).toEqual([[idsOf('terrible'), 0.05]])
  })

  it('count alike for every class in total', () => {
    const { soft } = wordsOf({
      lexicons: [
        lexicon('mood', { good: 2 }),
        lexicon('b', { bad: -2 }),
        lexicon('c', { fine: 2 }),
      ],
    })
    expect([...soft.weights].map((weight) => Number(weight.toFixed(3)))).toEqual([
      ...[0.75, 1.5, 0.75],
    ])
  })

  it('are none where a pack has no words', () => {
    const { soft, tokens } = wordsOf({ rules: [rule('a', { regex: '\\d' })] })
    expect([soft.rows.length, tokens.rows]).toEqual([0, 0])
  })
})
