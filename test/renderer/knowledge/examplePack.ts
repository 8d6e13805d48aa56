import type { PackContent, Rule } from '@shared/domain'
import { emptyPack } from '../../../src/renderer/knowledge/newPack'

export const exampleRule: Rule = {
  id: 'money-back',
  when: {
    kind: 'any',
    conditions: [
      { kind: 'contains', term: 'refund', match: 'word' },
      { kind: 'regex', pattern: 'money\\s+back' },
    ],
  },
  label: 'negative',
  confidence: 0.8,
  hard: false,
  note: '',
}

/** A small pack with something in every part. */
export const examplePack: PackContent = {
  ...emptyPack({ name: 'valence', language: 'en', labels: ['negative', 'positive'] }),
  lexicons: [
    {
      id: 'valence',
      file: 'lexicons/valence.csv',
      match: 'word',
      caseSensitive: false,
      valence: { above: 'positive', below: 'negative' },
      negation: null,
      intensifiers: null,
      contrast: null,
      entries: [
        { term: 'good', label: null, weight: 1.9 },
        { term: 'bad', label: null, weight: -2.5 },
        { term: 'dull', label: null, weight: -1.7 },
      ],
    },
  ],
  rules: [exampleRule, { ...exampleRule, id: 'five-stars', label: 'positive' }],
  triples: [{ head: 'Beijing', relation: 'capital', tail: 'China' }],
  vocabulary: ['subwoofer', 'firmware'],
  rationales: [{ term: 'Monday', role: 'irrelevant', label: null }],
}
