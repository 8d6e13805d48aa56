import type { PackProblem } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { checkContent } from '../../../src/main/knowledge/check-content'
import { isPackTab, placeOf } from '../../../src/renderer/knowledge/problemPlace'
import { examplePack } from './examplePack'

const problem = (file: string, line: number | null, field: string | null): PackProblem => ({
  severity: 'error',
  file,
  line,
  field,
  message: 'wrong',
})

describe('the place of a problem', () => {
  it.each([
    [problem('lexicons/valence.csv', 3, null), 'lexicons', 1],
    [problem('lexicons/valence.csv', null, 'dull'), 'lexicons', 2],
    [problem('rules.yaml', 9, 'five-stars.label'), 'rules', 1],
    [problem('rules.yaml', 1, null), 'rules', null],
    [problem('graph.csv', 2, null), 'triples', 0],
    [problem('graph.csv', 99, null), 'triples', null],
    [problem('vocabulary.txt', 2, null), 'vocabulary', 1],
    [problem('rationales.csv', 2, 'term'), 'rationales', 0],
    [problem('priors.yaml', 1, 'shares'), 'priors', null],
    [problem('invariances.yaml', null, null), 'invariances', null],
    [problem('pack.yaml', 3, 'labels'), 'overview', null],
    [problem('pack.yaml', null, 'valence.valence'), 'lexicons', null],
    [problem('corpus/a.txt', 1, null), 'overview', null],
  ] as const)('%j lies in %s', (found, tab, item) => {
    expect(placeOf(found, examplePack)).toMatchObject({ tab, item })
  })

  it('is found for what the linter says of a draft', () => {
    const [rule] = examplePack.rules
    const [lexicon] = examplePack.lexicons
    if (rule === undefined || lexicon === undefined) throw new Error('expected a rule')
    const draft = {
      ...examplePack,
      rules: [rule, { ...rule, id: 'broken', when: { kind: 'regex' as const, pattern: '(' } }],
      lexicons: [
        { ...lexicon, entries: [...lexicon.entries, { term: 'good', label: null, weight: 3 }] },
      ],
    }
    const places = checkContent(draft).map((each) => placeOf(each, draft))
    expect(places).toContainEqual({ tab: 'rules', lexicon: null, item: 1 })
    expect(places).toContainEqual({ tab: 'lexicons', lexicon: 'valence', item: 0 })
  })
})

describe('the name of a tab', () => {
  it('is known or not', () => {
    expect(isPackTab('rules')).toBe(true)
    expect(isPackTab('runs')).toBe(false)
    expect(isPackTab(undefined)).toBe(false)
  })
})
