import { describe, expect, it } from 'vitest'
import { classifierConfig, readClassifier } from '../../../src/main/formats/classifier'

const named = (labels: readonly string[], problem: string | null = null) => ({
  model_type: 'bert',
  problem_type: problem,
  id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
})

describe("a classifier's config", () => {
  it.each(['single-label', 'multi-label'] as const)('says what was written, %s', (task) => {
    const labels = Array.from({ length: 12 }, (_, id) => `class ${id}`)
    const config = classifierConfig({ model_type: 'roberta' }, task, labels)
    expect(readClassifier(config, 'config.json')).toEqual({ task, labels })
  })

  it('says what was written for numbers', () => {
    const config = classifierConfig({ model_type: 'bert' }, 'regression', [])
    expect(readClassifier(config, 'config.json')).toEqual({ task: 'regression', labels: [] })
  })

  it('means what transformers takes it for when it names no problem', () => {
    expect(readClassifier(named(['a', 'b']), 'config.json').task).toBe('single-label')
    expect(readClassifier(named(['a']), 'config.json').task).toBe('regression')
    const one = named(['a'], 'single_label_classification')
    expect(readClassifier(one, 'config.json')).toEqual({ task: 'single-label', labels: ['a'] })
  })

  it('is refused by the field that is missing or unknown', () => {
    expect(() => readClassifier(named([]), 'm/config.json')).toThrow(/m\/config.json.*id2label/)
    const odd = named(['a', 'b'], 'token_classification')
    expect(() => readClassifier(odd, 'config.json')).toThrow(/"problem_type": "token_classif/)
  })
})
