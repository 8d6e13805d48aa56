import { describe, expect, it } from 'vitest'
import {
  emptyLexicon,
  emptyPack,
  emptyRule,
  exportName,
} from '../../../src/renderer/knowledge/newPack'
import {
  isWhole,
  noPriors,
  sharesOf,
  statedPriors,
  sumOf,
  withKey,
} from '../../../src/renderer/knowledge/priors'
import { amountsText, parseAmounts, parseWords } from '../../../src/renderer/knowledge/words'
import { checkContent } from '../../../src/main/knowledge/check-content'
import { examplePack } from './examplePack'

describe('class shares', () => {
  it('of counts sum to exactly one', () => {
    const shares = sharesOf([
      { label: 'a', count: 1 },
      { label: 'b', count: 1 },
      { label: 'c', count: 1 },
    ])
    expect(sumOf(shares)).toBeCloseTo(1, 12)
    expect(Object.values(shares).sort()).toEqual([0.3333, 0.3333, 0.3334])
    expect(sharesOf([{ label: 'a', count: 0 }])).toEqual({})
  })

  it('are whole within what four decimals can say', () => {
    expect(isWhole(0.9999)).toBe(true)
    expect(isWhole(0.98)).toBe(false)
  })

  it('are written and taken out in the order of the classes', () => {
    const labels = ['a', 'b', 'c']
    const shares = withKey(withKey({ c: 0.5 }, 'a', 0.5, labels), 'b', 0, labels)
    expect(Object.keys(shares)).toEqual(labels)
    expect(withKey(shares, 'b', null, labels)).toEqual({ a: 0.5, c: 0.5 })
  })

  it('are no part of a pack that states nothing', () => {
    expect(statedPriors(noPriors)).toBeNull()
    expect(statedPriors({ ...noPriors, hierarchy: { a: 'b' } })).not.toBeNull()
  })
})

describe('words in a field', () => {
  it('are apart by commas of any script or by lines, each once', () => {
    expect(parseWords(' not, no\nnever，不、没, no ,')).toEqual(['not', 'no', 'never', '不', '没'])
  })

  it('with amounts are read back as they are written', () => {
    const amounts = { very: 0.293, 'a bit': -0.2, so: 0.25 }
    expect(parseAmounts(amountsText(amounts))).toEqual({ kind: 'amounts', amounts })
    expect(parseAmounts('very,0.3\n\na bit:  −0,3\nso\t1')).toEqual({
      kind: 'amounts',
      amounts: { very: 0.3, 'a bit': -0.3, so: 1 },
    })
    expect(parseAmounts('very 0.3\n\nslightly less')).toEqual({ kind: 'problem', line: 3 })
    expect(parseAmounts('very')).toEqual({ kind: 'problem', line: 1 })
  })
})

describe('something new', () => {
  it('is a pack without errors', () => {
    const pack = emptyPack({ name: 'mine', language: 'en', labels: ['no', 'yes'] })
    const errors = checkContent(pack).filter(({ severity }) => severity === 'error')
    expect(errors).toEqual([])
  })

  it('is a lexicon of valences for two classes, else of classes', () => {
    expect(emptyLexicon(examplePack).valence).toEqual({ below: 'negative', above: 'positive' })
    expect(emptyLexicon({ ...examplePack, labels: ['a', 'b', 'c'] }).valence).toBeNull()
    expect(emptyLexicon({ ...examplePack, lexicons: [emptyLexicon(examplePack)] }).id).toBe(
      'terms-2',
    )
  })

  it('is a rule with a name of its own', () => {
    const rule = emptyRule(examplePack)
    expect(emptyRule({ ...examplePack, rules: [rule] }).id).toBe('rule-2')
  })

  it('is exported under a name that every system takes', () => {
    expect(exportName({ name: 'Valence: films / 2024', version: 3 })).toBe('valence-films-2024-3')
    expect(exportName({ name: '情感', version: 1 })).toBe('情感-1')
    expect(exportName({ name: '???', version: 1 })).toBe('pack-1')
  })
})
