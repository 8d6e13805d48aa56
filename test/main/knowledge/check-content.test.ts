import { describe, expect, it } from 'vitest'
import type { Condition, Lexicon, PackContent, Rule } from '@shared/domain'
import { checkContent } from '../../../src/main/knowledge/check-content'

const lexicon: Lexicon = {
  id: 'valence',
  file: 'lexicons/valence.csv',
  match: 'word',
  caseSensitive: false,
  valence: { above: 'positive', below: 'negative' },
  negation: null,
  intensifiers: null,
  contrast: null,
  entries: [
    { term: 'good', label: null, weight: 2 },
    { term: 'bad', label: null, weight: -2 },
  ],
}

const rule: Rule = {
  id: 'refund',
  when: { kind: 'contains', term: 'refund', match: 'word' },
  label: 'negative',
  confidence: 0.8,
  hard: false,
  note: '',
}

const pack: PackContent = {
  name: 'valence',
  version: 1,
  language: 'en',
  labels: ['negative', 'positive'],
  description: '',
  licence: null,
  sources: [],
  lexicons: [lexicon],
  rules: [rule],
  triples: [],
  vocabulary: [],
  priors: null,
  rationales: [],
  invariances: null,
  corpus: [],
}

const problems = (change: Partial<PackContent>): readonly string[] =>
  checkContent({ ...pack, ...change }).map(
    ({ severity, file, field, message }) => `${severity} ${file} ${field ?? '-'}: ${message}`,
  )

const one = (text: string | RegExp): readonly unknown[] => [expect.stringMatching(text)]
const entries = (...list: readonly (readonly [string, number])[]): Partial<PackContent> => ({
  lexicons: [
    { ...lexicon, entries: list.map(([term, weight]) => ({ term, label: null, weight })) },
  ],
})
const when = (condition: Condition): readonly string[] =>
  problems({ rules: [{ ...rule, when: condition }] })

describe('what a pack says', () => {
  it('is in order', () => {
    expect(problems({})).toEqual([])
  })

  it('speaks only of labels that it names', () => {
    expect(problems({ rules: [{ ...rule, label: 'angry' }] })).toEqual(
      one(/^error rules\.yaml refund\.label: The pack has no label "angry"\. .*negative, positive/),
    )
    const valence = { above: 'good', below: 'negative' }
    expect(problems({ lexicons: [{ ...lexicon, valence }] })).toEqual(one(/no label "good"/))
    const labelled = [{ term: 'x', label: 'other', weight: 1 }]
    expect(problems({ lexicons: [{ ...lexicon, valence: null, entries: labelled }] })).toEqual(
      one(/^error lexicons\/valence\.csv x: .*"other"/),
    )
    const rationales = [{ term: 'x', role: 'reason' as const, label: 'other' }]
    expect(problems({ rationales })).toEqual(one(/^error rationales\.csv x: .*"other"/))
    expect(problems({ labels: ['negative', 'positive', 'positive'] })).toEqual(
      one(/The label "positive" stands twice/),
    )
  })

  it('says a thing once, or twice the same with a warning', () => {
    expect(problems(entries(['good', 1], ['good', 1]))).toEqual(one(/^warning .*good.*twice/))
    expect(problems(entries(['good', 1], ['good', 2]))).toEqual(
      one(/^error .*"good" stands twice, with 1 and 2\. Keep one\.$/),
    )
    expect(problems(entries([':D', 1], [':d', 2]))).toEqual(one(/^error .*case-sensitive/))
    const [first] = entries([':D', 1], [':d', 2]).lexicons ?? []
    expect(
      problems({ lexicons: first === undefined ? [] : [{ ...first, caseSensitive: true }] }),
    ).toEqual([])
    expect(problems({ rules: [rule, rule] })).toEqual(
      one(/^error rules\.yaml refund: There are two/),
    )
    expect(problems({ vocabulary: ['a', 'a'] })).toEqual(one(/^warning vocabulary\.txt a:/))
    const triple = { head: 'a', relation: 'is', tail: 'b' }
    expect(problems({ triples: [triple, triple] })).toEqual(one(/^warning graph\.csv a:/))
    const rationale = { term: 'Mon', role: 'reason', label: null } as const
    const other = { term: 'mon', role: 'irrelevant', label: null } as const
    expect(problems({ rationales: [rationale, other] })).toEqual(one(/^error rationales\.csv mon:/))
    expect(problems({ lexicons: [lexicon, { ...lexicon, file: 'b/valence.csv' }] })).toEqual(
      one(/two lexicons "valence"/),
    )
  })

  it('has no empty, padded or broken terms', () => {
    for (const term of ['', '  ', ' a', 'a\n', 'a\u0000b']) {
      const lead = term === '' ? 'valence' : ''
      expect(problems(entries([term, 1]))).toEqual(one(new RegExp(`^error lexicons.*${lead}`)))
      expect(problems({ vocabulary: [term] })).toEqual(one(/^error vocabulary/))
    }
    expect(problems(entries(['a', Number.NaN]))).toEqual(one(/must be a number/))
    expect(problems(entries(['a', 0]))).toEqual(one(/^warning .*weight 0/))
    expect(problems({ triples: [{ head: 'a', relation: '', tail: 'b' }] })).toEqual(
      one(/^error graph\.csv a: head, relation and tail/),
    )
  })

  it('says what valences mean, once', () => {
    expect(problems({ lexicons: [{ ...lexicon, valence: null }] })).toEqual(
      one(/^error pack\.yaml valence\.valence: "valence" has valences: say their classes/),
    )
    const same = { above: 'positive', below: 'positive' }
    expect(problems({ lexicons: [{ ...lexicon, valence: same }] })).toEqual(one(/same class/))
    const mixed = [...lexicon.entries, { term: 'x', label: 'negative', weight: 1 }]
    expect(problems({ lexicons: [{ ...lexicon, entries: mixed }] })).toEqual(
      one(/^error .*Some terms of "valence" have a label and some have none/),
    )
    const labelled = [{ term: 'x', label: 'negative', weight: 1 }]
    expect(problems({ lexicons: [{ ...lexicon, entries: labelled }] })).toEqual(
      one(/^warning .*valence is not used/),
    )
  })

  it('has patterns that can be matched in linear time', () => {
    const regex = { ...lexicon, match: 'regex' as const }
    const pattern = (term: string): readonly string[] =>
      problems({ lexicons: [{ ...regex, entries: [{ term, label: null, weight: 1 }] }] })
    expect(pattern('(a+)+b')).toEqual([])
    expect(pattern('(')).toEqual(
      one(/^error lexicons\/valence\.csv \(: The pattern cannot be used: .*/),
    )
    expect(pattern('a(?=b)')).toEqual(one(/Look-ahead.*cannot be used.*two conditions/))
    expect(when({ kind: 'regex', pattern: '(a)\\1' })).toEqual(one(/Back-references/))
    expect(when({ kind: 'regex', pattern: '' })).toEqual(one(/pattern is empty/))
    expect(when({ kind: 'contains', term: '[', match: 'regex' })).toEqual(one(/^error rules/))
  })

  it('has conditions that some row can meet', () => {
    const length = { kind: 'length', unit: 'words' } as const
    expect(when({ ...length, atLeast: 5, atMost: 3 })).toEqual(one(/5 is above atMost 3/))
    expect(when({ ...length, atLeast: null, atMost: null })).toEqual(one(/bound is missing/))
    const column = { kind: 'column', column: 'stars', atLeast: null, atMost: null } as const
    expect(when({ ...column, equals: null })).toEqual(one(/bound is missing/))
    expect(when({ ...column, equals: '' })).toEqual([])
    expect(when({ ...column, column: ' ', equals: 'x' })).toEqual(one(/name of the column/))
    expect(when({ kind: 'any', conditions: [] })).toEqual(one(/any has no conditions/))
    expect(when({ kind: 'count', term: 'a', atLeast: 0.5 })).toEqual(one(/whole number/))
    expect(when({ kind: 'near', first: 'a', second: '', within: -1 })).toHaveLength(2)
    const deep: Condition = {
      kind: 'all',
      conditions: [{ kind: 'not', condition: { kind: 'regex', pattern: ')' } }],
    }
    expect(when(deep)).toEqual(
      one(/^error rules\.yaml refund\.when: The pattern cannot be used: .*/),
    )
  })

  it('is confident within reason', () => {
    expect(problems({ rules: [{ ...rule, confidence: 1.5 }] })).toEqual(one(/between 0 and 1/))
    expect(problems({ rules: [{ ...rule, confidence: Number.NaN }] })).toEqual(one(/between/))
    expect(problems({ rules: [{ ...rule, confidence: 0.5 }] })).toEqual(one(/^warning .*chance/))
  })

  it('has shares that sum to 1, and a hierarchy without a circle', () => {
    const priors = { shares: {}, forbidden: [], implied: [], hierarchy: {} }
    const check = (change: Partial<NonNullable<PackContent['priors']>>): readonly string[] =>
      problems({ priors: { ...priors, ...change } })
    expect(check({ shares: { negative: 0.3, positive: 0.7 } })).toEqual([])
    expect(check({ shares: { negative: 0.3333, positive: 0.6666 } })).toEqual([])
    expect(check({ shares: { negative: 0.3, positive: 0.6 } })).toEqual(
      one(/^error priors\.yaml shares: The shares sum to 0\.9; they have to sum to 1/),
    )
    expect(check({ shares: { positive: 1 } })).toEqual(one(/^warning .*never expected: negative/))
    expect(check({ shares: { negative: -0.5, positive: 1.5 } })).toHaveLength(2)
    expect(check({ forbidden: [['negative', 'other']] })).toEqual(one(/forbidden\.0: .*"other"/))
    expect(check({ implied: [['negative', 'negative']] })).toEqual(one(/two different/))
    expect(
      check({ forbidden: [['negative', 'positive']], implied: [['positive', 'negative']] }),
    ).toEqual(one(/forbidden together/))
    expect(check({ hierarchy: { negative: 'opinion', opinion: 'text' } })).toEqual([])
    expect(check({ hierarchy: { negative: 'a', a: 'b', b: 'a' } })).toEqual(
      one(/circle: negative → a → b → a/),
    )
    expect(check({ hierarchy: { unknown: 'positive' } })).toEqual(one(/no label "unknown"/))
  })

  it('has plain names of files, each used once', () => {
    const named = (file: string): readonly string[] => {
      const id = file.replace(/^.*\//, '').replace(/\.[^.]*$/, '')
      return problems({ lexicons: [{ ...lexicon, id, file }] })
    }
    expect(named('lexicons/a b.csv')).toEqual([])
    for (const file of ['../a.csv', '/a.csv', 'a//b.csv', 'a\\b.csv', 'C:a.csv', './a.csv']) {
      expect(named(file)).toEqual(one(/no plain path/))
    }
    expect(named('graph.csv')).toEqual(one(/used twice/))
    expect(named('a.txt')).toEqual(one(/has to end with \.csv/))
    expect(problems({ lexicons: [{ ...lexicon, id: 'other' }] })).toEqual(one(/other\.csv/))
    const corpus = [{ file: 'vocabulary.txt', lines: 1, bytes: 1 }]
    expect(problems({ corpus })).toEqual(one(/used twice/))
  })

  it('has a name that references can name', () => {
    for (const name of ['', 'a@2', 'a\nb']) expect(problems({ name })).toEqual(one(/needs a name/))
    expect(problems({ lexicons: [], rules: [] })).toEqual(one(/^warning .*says nothing/))
  })

  it('swaps words for other words', () => {
    const swaps = (...groups: readonly (readonly string[])[]): readonly string[] =>
      problems({ invariances: { text: [], swaps: groups, images: [] } })
    expect(swaps(['Anna', 'Ben'])).toEqual([])
    expect(swaps(['Anna', 'anna'])).toEqual(one(/two different words/))
    expect(swaps(['Anna', ''])).toEqual(one(/empty/))
  })

  it('negates and intensifies by words', () => {
    const negation = { words: [], suffixes: [], window: 3, factor: -0.74 }
    expect(problems({ lexicons: [{ ...lexicon, negation }] })).toEqual(one(/^warning .*negates/))
    const empty = { ...negation, words: [''] }
    expect(problems({ lexicons: [{ ...lexicon, negation: empty }] })).toEqual(one(/^error/))
    const intensifiers = { words: { very: Number.POSITIVE_INFINITY }, window: 3, decay: 0.95 }
    expect(problems({ lexicons: [{ ...lexicon, intensifiers }] })).toEqual(one(/"very"/))
  })

  it('contrasts by words', () => {
    const contrast = { words: [], before: 0.5, after: 1.5 }
    expect(problems({ lexicons: [{ ...lexicon, contrast }] })).toEqual(one(/^warning .*contrasts/))
    const empty = { ...contrast, words: ['but', ''] }
    expect(problems({ lexicons: [{ ...lexicon, contrast: empty }] })).toEqual(one(/^error/))
    const twice = { ...contrast, words: ['but', 'But'] }
    expect(problems({ lexicons: [{ ...lexicon, contrast: twice }] })).toEqual(
      one(/^warning .*"But" stands twice/),
    )
    const full = { ...contrast, words: ['but'] }
    expect(problems({ lexicons: [{ ...lexicon, contrast: full }] })).toEqual([])
  })

  it('is told with the line of its file where there is one', () => {
    const found = checkContent({ ...pack, rules: [{ ...rule, label: 'angry' }] }, (path) => ({
      file: 'my-rules.yaml',
      line: path.join('.') === 'rules.0.label' ? 7 : 1,
    }))
    expect(found).toMatchObject([{ file: 'my-rules.yaml', line: 7, field: 'refund.label' }])
  })

  it('is checked in a moment, a hundred thousand terms too', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => [`term ${at}`, 1] as const)
    const started = performance.now()
    expect(problems(entries(...many))).toEqual([])
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
