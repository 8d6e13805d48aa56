import type { PackContent, Prediction, ProvenanceStep } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { columnsOf } from '../../../src/renderer/playground/columns'
import { pointsText } from '../../../src/renderer/playground/points'
import {
  askedClass,
  moversOf,
  pieceName,
  stretchesOf,
  wasTurned,
} from '../../../src/renderer/playground/provenance'

const step = (fields: Partial<ProvenanceStep> = {}): ProvenanceStep => ({
  kind: 'lexicon',
  id: 'lexicon:valence',
  text: 'valence: good',
  matches: [],
  label: 'positive',
  weight: 1,
  probabilities: [0.3, 0.7],
  disagrees: false,
  ...fields,
})

const prediction = (fields: Partial<Prediction> = {}): Prediction => ({
  label: 'positive',
  labels: ['negative', 'positive'],
  logits: [0, 0],
  probabilities: [0.2, 0.8],
  tokens: 3,
  truncated: false,
  provenance: {
    model: { label: 'negative', probabilities: [0.6, 0.4] },
    steps: [step()],
    set: null,
    abstained: false,
  },
  ...fields,
})

const find = (start: number, end: number, fields = {}) => ({
  term: 'x',
  start,
  end,
  weight: 1,
  negated: false,
  ...fields,
})

describe('what moved an answer', () => {
  const provenance = {
    model: { label: 'negative', probabilities: [0.6, 0.4] },
    steps: [
      step({ probabilities: [0.3, 0.7] }),
      step({ kind: 'rule', id: 'rule:refund', probabilities: [0.5, 0.5], label: 'negative' }),
    ],
    set: null,
    abstained: false,
  }

  it('is the change of the class after each step, and they add up', () => {
    const { alone, movers } = moversOf(provenance, ['negative', 'positive'], 'positive')
    expect(alone).toBe(0.4)
    expect(movers.map(({ change }) => change)).toEqual([0.29999999999999993, -0.19999999999999996])
    expect(alone + movers.reduce((sum, { change }) => sum + change, 0)).toBeCloseTo(0.5)
  })

  it('is turned round for the other class', () => {
    const { movers } = moversOf(provenance, ['negative', 'positive'], 'negative')
    expect(movers[0]?.change).toBeCloseTo(-0.3)
  })

  it('takes neighbours together and keeps each of them', () => {
    const neighbour = (id: string, label: string, positive: number) =>
      step({ kind: 'neighbour', id, label, text: id, probabilities: [1 - positive, positive] })
    const steps = [
      step(),
      neighbour('neighbour:1', 'positive', 0.75),
      neighbour('neighbour:2', 'negative', 0.72),
      neighbour('neighbour:3', 'positive', 0.8),
      step({ kind: 'calibration', id: 'calibration', probabilities: [0.25, 0.75], label: null }),
    ]
    const { movers } = moversOf({ ...provenance, steps }, ['negative', 'positive'], 'positive')
    expect(movers.map(({ id }) => id)).toEqual(['lexicon:valence', 'neighbours', 'calibration'])
    expect(movers[1]).toMatchObject({ label: 'positive', after: 0.8 })
    expect(movers[1]?.change).toBeCloseTo(0.1)
    expect(movers[1]?.parts.map(({ text }) => text)).toHaveLength(3)
  })

  it('says of a lexicon how its sum becomes a score, for the class it speaks for most', () => {
    const sums = [
      { label: 'negative', sum: -3, score: Math.tanh(-3 / 4) },
      { label: 'positive', sum: 3, score: Math.tanh(3 / 4) },
    ]
    const steps = [step({ sums }), step({ kind: 'rule', id: 'rule:refund' })]
    const { movers } = moversOf({ ...provenance, steps }, ['negative', 'positive'], 'positive')
    expect(movers.map(({ score }) => score)).toEqual([sums[1], null])
  })

  it('leaves a single neighbour as it is', () => {
    const steps = [step({ kind: 'neighbour', id: 'neighbour:7' })]
    const { movers } = moversOf({ ...provenance, steps }, ['negative', 'positive'], 'positive')
    expect(movers.map(({ id }) => id)).toEqual(['neighbour:7'])
  })

  it('is asked of the answer, of several the most probable', () => {
    expect(askedClass(prediction())).toBe('positive')
    expect(askedClass(prediction({ label: 'negative|positive' }))).toBe('positive')
    expect(askedClass(prediction({ label: '', probabilities: [0.4, 0.3] }))).toBe('negative')
  })

  it('may have turned the answer', () => {
    expect(wasTurned(prediction())).toBe(true)
    expect(wasTurned(prediction({ label: 'negative' }))).toBe(false)
    expect(wasTurned(prediction({ provenance: null }))).toBe(false)
  })

  it('is said in percentage points', () => {
    expect(pointsText(0.123)).toBe('+12.3 pt')
    expect(pointsText(-0.0049)).toBe('−0.5 pt')
    expect(pointsText(0.0001)).toBe('0.0 pt')
  })
})

describe('the places in a text', () => {
  const text = 'not a good film'

  it('are marked with the pieces that found them, for or against the class', () => {
    const steps = [
      step({ matches: [find(6, 10, { negated: true })], label: 'negative' }),
      step({ id: 'rule:film', matches: [find(11, 15)] }),
    ]
    expect(stretchesOf(text, 'text', steps, 'positive')).toEqual([
      { text: 'not a ', pieces: [], supports: null, negated: false },
      { text: 'good', pieces: ['lexicon:valence'], supports: false, negated: true },
      { text: ' ', pieces: [], supports: null, negated: false },
      { text: 'film', pieces: ['rule:film'], supports: true, negated: false },
    ])
  })

  it('share a stretch where they overlap', () => {
    const steps = [step({ matches: [find(6, 10)] }), step({ id: 'rule:a', matches: [find(4, 8)] })]
    const marked = stretchesOf(text, 'text', steps, 'positive')
    expect(marked.map(({ text: part }) => part).join('')).toBe(text)
    expect(marked.find(({ text: part }) => part === 'go')?.pieces).toEqual([
      'lexicon:valence',
      'rule:a',
    ])
  })

  it('are told apart by their sign where a piece found both', () => {
    const steps = [
      step({
        matches: [find(6, 10, { weight: -0.5, negated: true }), find(11, 15, { weight: 3 })],
      }),
    ]
    const marked = stretchesOf(text, 'text', steps, 'positive')
    expect(
      marked.flatMap(({ text: part, supports }) => (supports === null ? [] : [[part, supports]])),
    ).toEqual([
      ['good', false],
      ['film', true],
    ])
  })

  it('count in the text that they belong to, and never beyond it', () => {
    const steps = [
      step({
        matches: [find(0, 3, { field: 'pair' }), find(0, 3, { field: 'column' }), find(10, 99)],
      }),
    ]
    expect(stretchesOf(text, 'text', steps, 'positive')).toHaveLength(1)
    expect(stretchesOf('bad', 'pair', steps, 'positive')[0]?.pieces).toEqual(['lexicon:valence'])
    expect(stretchesOf('', 'text', steps, 'positive')).toEqual([])
  })

  it('name pieces without their kind', () => {
    expect(pieceName('rule:money-back')).toBe('money-back')
    expect(pieceName('hard:rule:money-back')).toBe('money-back')
    expect(pieceName('calibration')).toBe('calibration')
  })
})

describe('columns that a pack asks for', () => {
  it('are those that any condition of any rule looks at, each once', () => {
    const column = (name: string) =>
      ({ kind: 'column', column: name, equals: 'x', atLeast: null, atMost: null }) as const
    const rules: PackContent['rules'] = [
      { id: 'a', when: column('stars'), label: 'p', confidence: 1, hard: false, note: '' },
      {
        id: 'b',
        when: {
          kind: 'any',
          conditions: [
            { kind: 'not', condition: column('country') },
            { kind: 'all', conditions: [column('stars'), { kind: 'regex', pattern: 'x' }] },
          ],
        },
        label: 'p',
        confidence: 1,
        hard: false,
        note: '',
      },
    ]
    const content: PackContent = {
      name: 'p',
      version: 1,
      language: 'en',
      labels: ['p'],
      description: '',
      licence: null,
      sources: [],
      lexicons: [],
      rules,
      triples: [],
      vocabulary: [],
      priors: null,
      rationales: [],
      invariances: null,
      corpus: [],
    }
    expect(columnsOf(content)).toEqual(['stars', 'country'])
  })
})
