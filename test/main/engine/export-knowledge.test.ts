import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Prediction } from '@shared/domain'
import { buildPredictor } from '../../../scripts/setup/predictor.mjs'
import {
  checkKnowledge,
  hasKnowledge,
  predictorFolder,
  writeKnowledge,
} from '../../../src/main/engine/export-knowledge'
import { modelAlone } from '../../../src/main/knowledge/fusion/fitted'
import { loadPredictor } from '../../../src/main/predict'
import { temporaryFolder } from './harness'

const inputs = [
  { text: 'A great film.', pair: null },
  { text: 'A dull film.', pair: null, columns: { stars: '1' } },
]
const logits = [
  [0.3, 0.1],
  [-0.2, 0.4],
]

/** A model folder whose run had a rule on a column and a lexicon. */
function modelWithKnowledge(): string {
  const model = join(temporaryFolder(), 'best')
  const pack = join(model, 'knowledge', 'pack')
  mkdirSync(pack, { recursive: true })
  writeFileSync(
    join(model, 'knowledge', 'fusion.json'),
    JSON.stringify({
      ...modelAlone('single-label', ['negative', 'positive']),
      weights: [{ piece: 'rule:one-star', weight: 1.2 }],
    }),
  )
  writeFileSync(
    join(pack, 'pack.yaml'),
    'name: stars\nversion: 1\nlanguage: en\nlabels: [negative, positive]\nrules: rules.yaml\n',
  )
  writeFileSync(
    join(pack, 'rules.yaml'),
    '- id: one-star\n  when: { column: stars, atMost: 1 }\n  label: negative\n  confidence: 0.9\n',
  )
  return model
}

describe('an export with knowledge', () => {
  let predictor = ''
  beforeAll(async () => {
    const root = join(import.meta.dirname, '../../../node_modules/.cache/graftbench-predictor')
    predictor = join(root, 'knowledge')
    await buildPredictor(predictor)
  })

  it('has pack, fitted weights, predictor, licences and a description', async () => {
    const best = modelWithKnowledge()
    const target = temporaryFolder()
    expect(await hasKnowledge(best)).toBe(true)
    expect(await hasKnowledge(target)).toBe(false)
    await writeKnowledge(best, target, predictor)
    for (const name of ['fusion.json', 'predict.mjs', 'predict.d.mts', 'LICENSES.txt']) {
      expect(readFileSync(join(target, 'knowledge', name), 'utf8').length).toBeGreaterThan(100)
    }
    const readme = readFileSync(join(target, 'knowledge', 'README.md'), 'utf8')
    expect(readme).toContain('loadPredictor')
  })

  it('is accepted only where the shipped predictor gives the answers of the run', async () => {
    const best = modelWithKnowledge()
    const target = temporaryFolder()
    await writeKnowledge(best, target, predictor)
    // As a README says it: from where one stands.
    const own = await loadPredictor(relative(process.cwd(), join(best, 'knowledge')))
    const expected = inputs.map((input, row): Prediction => {
      const answer = own.predict({ ...input, logits: logits[row] ?? [] })
      return { ...answer, logits: logits[row] ?? [], tokens: 3, truncated: false }
    })
    expect(expected[1]?.provenance?.steps).toHaveLength(1)
    expect(await checkKnowledge(target, predictor, inputs, expected)).toBeLessThan(1e-12)
    const wrong = expected.map((one) => ({ ...one, probabilities: [0.5, 0.5] }))
    await expect(checkKnowledge(target, predictor, inputs, wrong)).rejects.toMatchObject({
      code: 'export.disagrees',
    })
  })

  it('finds the built predictor above the program, and says what to do without one', () => {
    expect(predictorFolder(join(predictor, '..', 'chunks'))).toBe(predictor)
    expect(() => predictorFolder(temporaryFolder())).toThrow(/npm run build/)
  })
})
