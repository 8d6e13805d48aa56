import {
  knowledgeSchema,
  predictionMethodSchema,
  recipeSchema,
  trainingMethodSchema,
  type KnowledgePack,
} from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { isMessageKey } from '../../../src/renderer/i18n'
import { readDraft, valueAt, writeField } from '../../../src/renderer/recipes/document'
import {
  knowledgeOf,
  methodIndex,
  unmatchedLabels,
} from '../../../src/renderer/recipes/knowledgeDraft'
import {
  bareMethod,
  defaultMethod,
  methodFields,
  methodsOf,
  missingPart,
  usefulMethods,
  type Side,
} from '../../../src/renderer/recipes/methods'
import { knowledgeText, triesText } from '../../../src/renderer/recipes/methodText'
import { packNamed } from '../../../src/renderer/recipes/packs'

const sides: readonly Side[] = ['training', 'prediction']
const plain = 'model: MiniLM\ndata:\n  dataset: film\n'

const counts: KnowledgePack['counts'] = {
  lexicons: 1,
  terms: 7500,
  rules: 0,
  triples: 0,
  vocabulary: 0,
  rationales: 0,
  corpusLines: 0,
}

describe('the methods of the form', () => {
  it('are all that a recipe knows', () => {
    const known = (schema: typeof trainingMethodSchema | typeof predictionMethodSchema) =>
      schema.options.map((option) => String(option.shape.use.value)).sort()
    expect([...methodsOf('training')].sort()).toEqual(known(trainingMethodSchema))
    expect([...methodsOf('prediction')].sort()).toEqual(known(predictionMethodSchema))
  })

  it.each(sides)('have every field of a method in %s, and no other', (side) => {
    for (const use of methodsOf(side)) {
      const method = defaultMethod(side, use)
      const leaves = (value: unknown, prefix = ''): string[] =>
        typeof value === 'object' && value !== null
          ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${prefix}${key}.`))
          : [prefix.slice(0, -1)]
      const fields = leaves(method).filter((path) => path !== 'use')
      expect(Object.keys(methodFields[use]).sort(), use).toEqual(fields.sort())
    }
  })

  it.each(sides)('offer only words that a recipe accepts in %s', (side) => {
    const schema = side === 'training' ? trainingMethodSchema : predictionMethodSchema
    for (const use of methodsOf(side)) {
      for (const [field, kind] of Object.entries(methodFields[use])) {
        const values =
          kind.kind === 'choice'
            ? kind.options
            : kind.kind === 'number' && kind.empty !== undefined
              ? [kind.empty === 'auto' ? 'auto' : null]
              : []
        for (const value of values) {
          const { error } = schema.safeParse({ use, [field]: value })
          expect(error?.issues ?? [], `${use}.${field}: ${value}`).toEqual([])
        }
      }
    }
  })

  it('each have a name, a sentence and named fields', () => {
    for (const use of sides.flatMap(methodsOf)) {
      expect(isMessageKey(`recipe.method.${use}.text`), use).toBe(true)
      for (const [field, kind] of Object.entries(methodFields[use])) {
        expect(isMessageKey(`recipe.methodField.${field}`), field).toBe(true)
        for (const option of kind.kind === 'choice' ? kind.options : [])
          expect(isMessageKey(`recipe.methodChoice.${option}`), option).toBe(true)
      }
    }
  })

  it('say which part of a pack they would need', () => {
    expect(missingPart('posterior', { counts }, null)).toBeNull()
    expect(missingPart('triples', { counts }, null)).toBe('triples')
    expect(missingPart('weak', { counts: { ...counts, terms: 0 } }, null)).toBe('pieces')
    expect(missingPart('calibration', { counts }, null)).toBeNull()
    expect(usefulMethods('training', { counts }, null)).not.toContain('vocabulary')
  })
})

describe('knowledge in the text of a recipe', () => {
  it('is none where nothing is written', () => {
    expect(knowledgeOf(readDraft(plain) ?? {})).toBeNull()
    expect(knowledgeOf({ knowledge: null })).toBeNull()
    expect(knowledgeOf({ knowledge: 'valence' })).toBeNull()
  })

  it('is written field by field, and stays a recipe', () => {
    let yaml = writeField(plain, 'knowledge', { pack: 'valence@1' })
    yaml = writeField(yaml, 'knowledge.training', [bareMethod('weak')])
    yaml = writeField(yaml, 'knowledge.training.1', bareMethod('features'))
    yaml = writeField(yaml, 'knowledge.training.0.confidence', 0.8)
    yaml = writeField(yaml, 'knowledge.prediction', 'none')
    yaml = writeField(yaml, 'knowledge.labels', { 'very good': 'positive' })
    expect(yaml).toBe(
      `${plain}knowledge:
  pack: valence@1
  training:
    - use: weak
      confidence: 0.8
    - use: features
  prediction: none
  labels:
    very good: positive
`,
    )
    const draft = readDraft(yaml) ?? {}
    expect(recipeSchema.safeParse(draft).error).toBeUndefined()
    expect(knowledgeOf(draft)).toMatchObject({
      pack: 'valence@1',
      labels: { 'very good': 'positive' },
      training: [{ use: 'weak', written: { confidence: 0.8 } }, { use: 'features' }],
      prediction: 'none',
    })
    expect(methodIndex(draft, 'training', 'features')).toBe(1)
    expect(methodIndex(draft, 'prediction', 'posterior')).toBe(-1)
  })

  it('loses a method, and the whole section, again', () => {
    const yaml = writeField(plain, 'knowledge', {
      pack: 'v',
      training: [{ use: 'weak' }, { use: 'features' }],
    })
    const without = readDraft(writeField(yaml, 'knowledge.training.0', undefined)) ?? {}
    expect(valueAt(without, 'knowledge.training')).toEqual([{ use: 'features' }])
    expect(writeField(yaml, 'knowledge', undefined)).toBe(plain)
  })

  it('keeps comments of a list that is changed', () => {
    const yaml = `${plain}knowledge:\n  pack: v # ours\n  training:\n    - use: weak # cheap\n`
    const changed = writeField(yaml, 'knowledge.training.0.batch', 8)
    expect(changed).toContain('# ours')
    expect(changed).toContain('# cheap')
    expect(changed).toContain('batch: 8')
  })

  it('shows what can be shown of a text that is no recipe', () => {
    const draft = {
      knowledge: { pack: 3, training: [{ use: 'magic' }, 'weak'], labels: { a: 1, b: 'c' } },
    }
    expect(knowledgeOf(draft)).toEqual({
      pack: '',
      labels: { b: 'c' },
      training: [],
      prediction: 'auto',
      without: [],
    })
  })

  it('is said in one line', () => {
    expect(knowledgeText(null)).toBe('none')
    const knowledge = knowledgeOf({
      knowledge: { pack: 'valence@1', prediction: [{ use: 'posterior' }, { use: 'calibration' }] },
    })
    expect(knowledgeText(knowledge)).toBe(
      'valence@1 · training: Automatic · prediction: Rules and lexicons, Calibration',
    )
    expect(triesText(['weak', 'features'])).toBe(
      'This pack has something for: Weak labels, Features',
    )
  })

  it('defaults to automatic on both sides, as the schema does', () => {
    const parsed = knowledgeSchema.parse({ pack: 'v' })
    const shown = knowledgeOf({ knowledge: { pack: 'v' } })
    expect(shown).toMatchObject({ training: parsed.training, prediction: parsed.prediction })
  })
})

describe('labels of a pack', () => {
  it('are asked about where the rows have no such class', () => {
    expect(unmatchedLabels(['pos', 'neg'], ['neg', 'good'])).toEqual(['pos'])
  })
})

describe('the pack that a recipe names', () => {
  const pack = (version: number): KnowledgePack => ({
    id: `pack_${version}` as KnowledgePack['id'],
    name: 'valence',
    version,
    language: 'en',
    labels: [],
    hash: `hash${version}`,
    licence: null,
    counts,
    bytes: 0,
    createdAt: 0,
  })
  const packs = [pack(1), pack(3), pack(2)]

  it('is found by name and version, id or hash, by name alone the newest', () => {
    expect(packNamed(packs, 'valence@2')?.version).toBe(2)
    expect(packNamed(packs, 'pack_1')?.version).toBe(1)
    expect(packNamed(packs, 'hash3')?.version).toBe(3)
    expect(packNamed(packs, 'valence')?.version).toBe(3)
    expect(packNamed(packs, 'other')).toBeNull()
  })
})
