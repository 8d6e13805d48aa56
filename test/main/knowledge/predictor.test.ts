import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import ts from 'typescript'
import { buildPredictor } from '../../../scripts/setup/predictor.mjs'
import { readNeighbours, writeNeighbours } from '../../../src/main/formats/neighbours'
import { modelAlone, type FittedFusion } from '../../../src/main/knowledge/fusion/fitted'
import type { KnowledgePredictor, LoadPredictor } from '../../../src/main/knowledge/predictor-types'
import { softmaxOf } from '../../../src/main/knowledge/softmax'
import { loadPredictor } from '../../../src/main/predict'

const labels = ['negative', 'positive']
const fusion: FittedFusion = {
  ...modelAlone('single-label', labels),
  labelMap: { good: 'positive', bad: 'negative' },
  weights: [
    { piece: 'lexicon:valence', weight: 1.5 },
    { piece: 'rule:refund', weight: 2 },
  ],
  calibration: { temperature: 2, bias: [0, 0] },
}

describe('the predictor that is exported beside a model', () => {
  let folder = ''
  let exported: LoadPredictor
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'graftbench-predictor-'))
    mkdirSync(join(folder, 'pack', 'lexicons'), { recursive: true })
    writeFileSync(
      join(folder, 'pack', 'pack.yaml'),
      `name: reviews
version: 1
language: en
labels: [bad, good]
lexicons:
  - file: lexicons/valence.csv
    match: word
    valence: { above: good, below: bad }
    negation: { words: [not], suffixes: ["n't"], window: 3, factor: -0.74 }
rules: rules.yaml
`,
    )
    writeFileSync(join(folder, 'pack', 'lexicons', 'valence.csv'), 'term,valence\ngreat,3\n')
    writeFileSync(
      join(folder, 'pack', 'rules.yaml'),
      '- id: refund\n  when: { contains: refund }\n  label: bad\n  confidence: 0.8\n',
    )
    writeFileSync(join(folder, 'fusion.json'), JSON.stringify(fusion))
    await buildPredictor(join(folder, 'built'))
    const module: { loadPredictor: LoadPredictor } = await import(
      /* @vite-ignore */ pathToFileURL(join(folder, 'built', 'predict.mjs')).href
    )
    exported = module.loadPredictor
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const both = async (): Promise<readonly KnowledgePredictor[]> => [
    await exported(folder),
    await loadPredictor(folder),
  ]

  it('gives the answers of the engine, computed by hand', async () => {
    const s = Math.tanh(3 / 4)
    const n = Math.tanh((3 * -0.74) / 4)
    for (const predictor of await both()) {
      const great = predictor.predict({ text: 'A great film.', logits: [0.2, 0.1] })
      const expected = softmaxOf([(0.2 - 1.5 * s) / 2, (0.1 + 1.5 * s) / 2])
      expect(great.probabilities[1]).toBeCloseTo(expected[1] ?? 0, 10)
      expect(great.label).toBe('positive')
      expect(great.provenance.steps[0]?.sums).toEqual([
        { label: 'positive', sum: 3, score: s },
        { label: 'negative', sum: -3, score: -s },
      ])
      const refund = predictor.predict({ text: 'Not great. I want a refund!', logits: [0, 0] })
      const against = softmaxOf([(-1.5 * n + 2) / 2, (1.5 * n) / 2])
      expect(refund.probabilities[0]).toBeCloseTo(against[0] ?? 0, 10)
      expect(refund.provenance.steps.map((step) => step.id)).toEqual([
        'lexicon:valence',
        'rule:refund',
        'calibration',
      ])
      expect(refund.provenance.steps[0]?.matches[0]).toMatchObject({
        ...{ term: 'great', start: 4, end: 9, negated: true },
      })
    }
  })

  it('refuses logits of another length', async () => {
    for (const predictor of await both()) {
      expect(() => predictor.predict({ text: 'x', logits: [1] })).toThrow(/2 labels/)
    }
  })

  it('asks labelled neighbours, and for the vector that this takes', async () => {
    const near = join(folder, 'near')
    mkdirSync(near)
    const store = {
      keys: Float32Array.of(1, 0, 0, 1),
      width: 2,
      rows: [
        { id: '7', text: 'left', labels: ['negative'] },
        { id: '9', text: 'up', labels: ['positive'] },
      ],
    }
    await writeNeighbours(near, store)
    expect(await readNeighbours(near)).toEqual(store)
    expect(await readNeighbours(folder)).toBeNull()
    const mixed: FittedFusion = {
      ...modelAlone('single-label', labels),
      neighbours: { k: 1, temperature: 1, weight: 0.5, distance: 'cosine' },
    }
    writeFileSync(join(near, 'fusion.json'), JSON.stringify(mixed))
    mkdirSync(join(near, 'pack'))
    writeFileSync(
      join(near, 'pack', 'pack.yaml'),
      'name: none\nversion: 1\nlanguage: en\nlabels: [negative, positive]\n',
    )
    const predictor = await exported(near)
    expect(predictor.neighbours).toBe(true)
    const answer = predictor.predict({ text: 'x', logits: [0, 0], embedding: [0.1, 2] })
    expect(answer.probabilities).toEqual([0.25, 0.75])
    expect(answer.provenance.steps[0]).toMatchObject({ id: 'neighbour:9', text: 'up' })
    expect(() => predictor.predict({ text: 'x', logits: [0, 0] })).toThrow(/vector of 2 numbers/)
  })

  it('names the file and field of a damaged folder', async () => {
    const damaged = join(folder, 'damaged')
    mkdirSync(damaged)
    writeFileSync(join(damaged, 'fusion.json'), JSON.stringify({ ...fusion, hardRules: 'yes' }))
    await expect(loadPredictor(damaged)).rejects.toMatchObject({
      code: 'pack.invalid',
      details: { field: 'hardRules' },
    })
    writeFileSync(join(damaged, 'fusion.json'), '{')
    await expect(exported(damaged)).rejects.toThrow(/not valid JSON/)
  })

  it('has types that a TypeScript program compiles with', () => {
    const file = join(folder, 'built', 'use.mts')
    writeFileSync(
      file,
      `import { loadPredictor } from './predict.mjs'
const predictor = await loadPredictor('knowledge')
const label: string = predictor.predict({ text: 'x', logits: [0, 1] }).label
export const steps = (text: string): number => predictor.predict({ text, logits: [0, 1] }).provenance.steps.length + label.length
`,
    )
    const program = ts.createProgram([file], {
      strict: true,
      noEmit: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    })
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, ' '))
    expect(problems).toEqual([])
  })
})
