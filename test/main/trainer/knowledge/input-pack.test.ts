import { readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { writePack } from '../../../../src/main/data/pack/write-pack'
import { locate } from '../../../../src/main/trainer/fine-tuned'
import { loadTokenizer } from '../../../../src/main/data/tokenizer'
import { openInputPack } from '../../../../src/main/trainer/knowledge/input-pack'
import { openPredictor } from '../../../../src/main/trainer/predictor'
import { attempt, makeRun, outcomesOf, reviewRows, type RunOptions } from '../support'
import { emptyPack, wordRule } from './term-runs'

const recipe: NonNullable<RunOptions['recipe']> = {
  ...{ epochs: 4, batch: { size: 8 }, optimizer: { learningRate: 5e-3 } },
  data: { validation: 0.2, test: 0.2 },
  knowledge: {
    ...{ pack: 'p', labels: { good: 'positive' }, without: ['rule:fine'] },
    ...{ training: [{ use: 'features' }], prediction: 'none' },
  },
}

/** New rows with the texts of the test rows get the logits that the run recorded. */
async function expectRecorded(
  folder: string,
  model: Parameters<typeof openPredictor>[0],
  rows: ReturnType<typeof reviewRows>,
): Promise<void> {
  const predictor = await openPredictor(model)
  const lines = readFileSync(join(folder, 'predictions/test.jsonl'), 'utf8').trim().split('\n')
  for (const line of lines) {
    const recorded: { row: number; logits: number[] } = JSON.parse(line)
    const [found] = await predictor.predict([{ text: rows[recorded.row]?.text ?? '', pair: null }])
    recorded.logits.forEach((logit, at) => expect(found?.logits[at]).toBeCloseTo(logit, 4))
  }
  predictor.dispose()
}

describe('a model that takes scores', () => {
  const roots: string[] = []
  afterEach(async () => {
    for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true })
  })

  it('keeps its pack, so that new rows get the answers that the run recorded', async () => {
    const run = await makeRun({ recipe, rows: reviewRows(120) })
    roots.push(run.root)
    const rules = [
      wordRule('great', 'good'),
      wordRule('fine', 'good'),
      wordRule('dull', 'negative'),
    ]
    const content = { ...emptyPack, labels: ['good', 'negative'], rules }
    await writePack(content, join(run.root, 'packs/p'))
    const path = join(run.folder, 'run.json')
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const packed = { packFolder: '../../packs/p', packHash: 'p' }
    writeFileSync(path, JSON.stringify(Object.assign({}, manifest, packed)))
    await attempt(run.folder)
    const [outcome] = outcomesOf(run.folder)
    if (outcome?.kind === 'failed') expect.fail(outcome.error.message)

    const model = await locate({ kind: 'run', runFolder: run.folder })
    const tokenizer = await loadTokenizer(model.folder)
    const { scores: read } = await openInputPack(model.folder, model.labels, tokenizer)
    // Columns: great says positive, dull says negative; fine was left out.
    const row = { text: 'great and fine, not dull', pair: null, columns: {} }
    expect([...(read?.([row]) ?? [])]).toEqual([1, 1])
    await expectRecorded(run.folder, model, reviewRows(120))
  })

  it('puts the triples of its pack into new rows as into those it was trained on', async () => {
    const triples = [
      { head: 'the film', relation: 'is', tail: 'good' },
      { head: 'a scene', relation: 'is', tail: 'dull' },
    ]
    const training = [{ use: 'triples' } as const]
    const knowledge = { pack: 'p', training, prediction: 'none' as const }
    const run = await makeRun({ recipe: { ...recipe, knowledge }, rows: reviewRows(80) })
    roots.push(run.root)
    await writePack(
      { ...emptyPack, labels: ['positive', 'negative'], triples },
      join(run.root, 'packs/p'),
    )
    const path = join(run.folder, 'run.json')
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const packed = { packFolder: '../../packs/p', packHash: 'p' }
    writeFileSync(path, JSON.stringify(Object.assign({}, manifest, packed)))
    await attempt(run.folder)
    const [outcome] = outcomesOf(run.folder)
    if (outcome?.kind === 'failed') expect.fail(outcome.error.message)
    const model = await locate({ kind: 'run', runFolder: run.folder })
    const tokenizer = await loadTokenizer(model.folder)
    expect((await openInputPack(model.folder, model.labels, tokenizer)).injector).toBeDefined()
    await expectRecorded(run.folder, model, reviewRows(80))
  })
})
