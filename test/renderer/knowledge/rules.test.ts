import type { Condition, PieceId, PieceReport, Rule } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { ruleToFile } from '@shared/domain/rule-file'
import { parseRules, rulesToYaml } from '../../../src/main/engine/pack-rules'
import { conditionKinds, emptyCondition } from '../../../src/renderer/knowledge/conditions'
import { accepted, openCandidates } from '../../../src/renderer/knowledge/candidates'
import { doubtOf } from '../../../src/renderer/knowledge/pieceText'
import { shownRules } from '../../../src/renderer/knowledge/ruleOrder'
import {
  conditionSentence,
  conditionText,
  ruleSentence,
} from '../../../src/renderer/knowledge/ruleSentence'
import { readRuleYaml, ruleYaml } from '../../../src/renderer/knowledge/ruleYaml'
import { exampleRule } from './examplePack'

const nested: Condition = {
  kind: 'all',
  conditions: [
    { kind: 'not', condition: { kind: 'contains', term: 'not bad', match: 'phrase' } },
    { kind: 'any', conditions: [exampleRule.when, emptyCondition('near', 'works')] },
    { kind: 'column', column: 'stars', equals: null, atLeast: 4, atMost: 5 },
    { kind: 'length', unit: 'characters', atLeast: null, atMost: 80 },
    { kind: 'count', term: '!', atLeast: 2 },
    { kind: 'contains', term: 'disappoint', match: 'stem' },
  ],
}
const everyKind: readonly Condition[] = [
  nested,
  ...conditionKinds.map((kind) => emptyCondition(kind, 'x y')),
]
const withCondition = (when: Condition): Rule => ({ ...exampleRule, when, hard: true, note: 'so' })

describe('a rule as a sentence', () => {
  it('says what it looks for', () => {
    expect(conditionText(exampleRule.when)).toBe(
      'If the text contains the word “refund” or matches “money\\s+back”',
    )
  })

  it('says the class as well', () => {
    const [last] = ruleSentence(exampleRule).slice(-2)
    expect(last).toEqual({ text: 'negative', term: true })
  })

  it('puts groups inside groups into brackets', () => {
    expect(conditionText(nested)).toContain('(contains the word “refund” or matches')
    expect(conditionText(nested)).toContain(' and has 4 to 5 in column “stars”')
  })

  it('marks the terms', () => {
    const terms = conditionSentence(exampleRule.when).filter(({ term }) => term)
    expect(terms.map(({ text }) => text)).toEqual(['refund', 'money\\s+back'])
  })
})

describe('the YAML of a rule', () => {
  it.each(everyKind)('of $kind is read as what it was written from', (when) => {
    const rule = withCondition(when)
    expect(readRuleYaml(ruleYaml(rule))).toEqual({ kind: 'rule', rule })
    expect(parseRules(stringify([ruleToFile(rule)]), 'rules.yaml')).toEqual([rule])
  })

  it('is what packs are kept in', () => {
    const rules = everyKind.map((when, at) => ({
      ...withCondition(when),
      id: `rule-${String(at)}`,
    }))
    expect(parseRules(stringify(rules.map(ruleToFile)), 'rules.yaml')).toEqual(rules)
    expect(parse(rulesToYaml(rules))).toEqual(rules.map(ruleToFile))
  })

  it.each([
    ['id: a\nwhen: { contains: b }\nlabel: c\nconfidence: 2', 4, 'at most 1'],
    ['id: a\nwhen:\n  contain: b\nlabel: c', 3, 'None of contains'],
    ['id: a\nwhen: { contains: b, regex: c }\nlabel: d', 2, 'are both here'],
    ['id: a\nwhen: { near: [a] }\nlabel: d', 2, 'two terms'],
    ['id: a\nwhen: { any: [] }\nlabel: d', 2, 'a list of conditions'],
    ['id: a\nwhen: { contains: b }\nlabel: d\ncolour: red', 4, 'no field of this name'],
    ['id: a\nwhen: { count: b, atLeast: 1.5 }\nlabel: d', 2, 'whole number'],
    ['id: a\nwhen: { contains: b\nlabel: d', 3, ''],
    ['just words', 1, 'has the fields'],
  ])('tells what is wrong in %j by line, in the editor as in a pack', (text, line, message) => {
    const reading = readRuleYaml(text)
    expect(reading).toMatchObject({ kind: 'problem', line })
    const told = reading.kind === 'problem' ? reading.message : ''
    expect(told).toContain(message)
    const item = text.replaceAll('\n', '\n  ')
    expect(() => parseRules(`- ${item}`, 'rules.yaml')).toThrow(told)
  })

  it('holds to the same limits in the editor as in a pack', () => {
    const text = `id: ${'a'.repeat(201)}\nwhen: { contains: b }\nlabel: c`
    expect(readRuleYaml(text)).toMatchObject({ kind: 'problem', line: 1 })
    expect(readRuleYaml('id: 7\nwhen: { contains: b }\nlabel: true')).toMatchObject({
      rule: { id: '7', label: 'true' },
    })
  })
})

const report = (covered: number, accuracy: number, conflicts: number): PieceReport => ({
  piece: 'rule:x',
  label: null,
  covered,
  coverage: covered / 100,
  judged: covered,
  correct: Math.round(covered * accuracy),
  accuracy,
  interval: [accuracy - 0.1, accuracy + 0.1],
  conflicts,
  overlaps: [],
})

describe('rules that are looked through', () => {
  const rules: readonly Rule[] = ['a', 'b', 'c'].map((id, at) => ({
    ...exampleRule,
    id,
    label: at === 1 ? 'positive' : 'negative',
    note: at === 2 ? 'asks for money' : '',
  }))
  const reports = new Map<PieceId, PieceReport>([
    ['rule:a', report(10, 0.6, 0)],
    ['rule:c', report(20, 0.9, 4)],
  ])
  const all = { filter: '', label: null, order: 'pack' } as const

  it('stand as in the pack, or by a number with those without one last', () => {
    expect(shownRules(rules, reports, all)).toEqual([0, 1, 2])
    expect(shownRules(rules, reports, { ...all, order: 'coverage' })).toEqual([2, 0, 1])
    expect(shownRules(rules, reports, { ...all, order: 'accuracy' })).toEqual([2, 0, 1])
  })

  it('are found by class, name, note and what they say', () => {
    expect(shownRules(rules, reports, { ...all, label: 'positive' })).toEqual([1])
    expect(shownRules(rules, reports, { ...all, filter: 'asks' })).toEqual([2])
    expect(shownRules(rules, reports, { ...all, filter: 'REFUND word' })).toEqual([0, 1, 2])
  })

  it('are doubted where they state more than the interval holds', () => {
    expect(doubtOf({ confidence: 0.8 }, report(10, 0.6, 0))).toContain('80%')
    expect(doubtOf({ confidence: 0.7 }, report(10, 0.65, 0))).toBeNull()
    expect(doubtOf({ confidence: 1 }, undefined)).toBeNull()
  })
})

describe('suggested rules', () => {
  const found = [
    { ...exampleRule, id: 'refund' },
    { ...exampleRule, id: 'late', when: emptyCondition('contains', 'late') },
  ].map((rule) => ({
    rule,
    source: 'term' as const,
    covered: 9,
    correct: 8,
    precision: 8 / 9,
    interval: [0.5, 1] as const,
    zScore: 3,
    examples: [],
  }))
  const [refund, late] = found

  it('are open until they are rejected or the pack says the same', () => {
    expect(openCandidates(found, [], [])).toEqual(found)
    expect(openCandidates(found, [exampleRule], [])).toEqual([late])
    const key = JSON.stringify([late?.rule.when, late?.rule.label])
    expect(openCandidates(found, [], [key])).toEqual([refund])
  })

  it('get a name that is free in the pack', () => {
    if (refund === undefined) throw new Error('expected a candidate')
    expect(accepted(refund, [{ ...exampleRule, id: 'refund' }]).id).toBe('refund-2')
  })
})
