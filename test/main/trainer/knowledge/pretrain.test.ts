import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainingMethodSchema } from '../../../../src/shared/domain/knowledge'
import { readModelFolder } from '../../../../src/main/formats/huggingface'
import { openWeights } from '../../../../src/main/formats/weights'
import { memory } from '../../../../src/main/nn/tf'
import {
  adaptBackbone,
  type Adaptation,
  type PretrainSettings,
} from '../../../../src/main/trainer/knowledge/pretrain'
import { openSession } from '../../../../src/main/trainer/session'
import { fixture, reviewRows } from '../support'

let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'pretrain-'))
})
afterEach(() => rm(cache, { recursive: true }))

const settings = (change: Partial<PretrainSettings> = {}): PretrainSettings => {
  const method = trainingMethodSchema.parse({
    ...{ use: 'pretrain', epochs: 4, batch: 8, learningRate: 3e-3 },
    ...change,
  })
  if (method.use !== 'pretrain') throw new Error(method.use)
  return method
}

const adaptation = (model: string, change: Partial<Adaptation> = {}): Adaptation => ({
  modelFolder: fixture(model),
  modelHash: model,
  texts: reviewRows(200).map(({ text, id }) => `${text} ${id % 10}`),
  settings: settings(),
  terms: [],
  maxLength: 16,
  seed: 1,
  precision: 'float32',
  cacheFolder: cache,
  ...change,
})

const nothing = (): Promise<void> => Promise.resolve()

const weightHash = async (folder: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(folder, 'model.safetensors')))
    .digest('hex')

describe('adapting a backbone to texts', () => {
  it.each([
    ['bert-mlm', false],
    ['bert-classify', true],
    ['distilbert-classify', true],
    ['roberta-classify', true],
  ])('lowers the loss on held-out texts: %s', async (model, newHead) => {
    const losses: number[] = []
    const { folder, summary } = await adaptBackbone(adaptation(model), (_done, _total, loss) => {
      if (loss !== null) losses.push(loss)
      return Promise.resolve()
    })
    expect(summary.newHead).toBe(newHead)
    expect(summary.lossAfter).toBeLessThan(summary.lossBefore - 0.3)
    expect(losses).toHaveLength(summary.steps)
    expect(summary.heldOutTexts).toBe(Math.round(0.05 * summary.texts))
    const described = await readModelFolder(folder)
    expect(described.config.architectures?.[0]).toMatch(/ForMaskedLM$/)
  })

  it('changes the backbone and keeps what a language model does not have', async () => {
    const { folder } = await adaptBackbone(adaptation('bert-classify'), nothing)
    const weights = await openWeights(folder)
    const before = await openWeights(fixture('bert-classify'))
    const word = 'bert.embeddings.word_embeddings.weight'
    expect(await weights.readFloat32(word)).not.toEqual(await before.readFloat32(word))
    const pooler = 'bert.pooler.dense.weight'
    expect(await weights.readFloat32(pooler)).toEqual(await before.readFloat32(pooler))
    await weights.close()
    await before.close()
    const session = await openSession(folder, {
      ...{ task: 'single-label', labels: ['a', 'b', 'c'], pooling: 'checkpoint' },
      ...{ part: { kind: 'all' }, dropout: null, precision: 'float32', initSeed: 0 },
    })
    expect(session.summary.fresh).toEqual([])
    session.dispose()
  })

  it('is done once and is the same every time', async () => {
    const short = { settings: settings({ maxSteps: 5 }) }
    const first = await adaptBackbone(adaptation('bert-mlm', short), nothing)
    const made = await readdir(cache)
    const refuse = (): Promise<void> => Promise.reject(new Error('computed again'))
    expect(await adaptBackbone(adaptation('bert-mlm', short), refuse)).toEqual(first)
    expect(await readdir(cache)).toEqual(made)
    expect(first.summary.steps).toBe(5)
    const other = await mkdtemp(join(tmpdir(), 'pretrain-'))
    const again = await adaptBackbone(
      adaptation('bert-mlm', { ...short, cacheFolder: other }),
      nothing,
    )
    expect(again.hash).toBe(first.hash)
    expect(await weightHash(again.folder)).toBe(await weightHash(first.folder))
    await rm(other, { recursive: true })
  })

  it.each([
    ['texts', { texts: ['a graft', 'an old root', 'more'] }],
    ['seed', { seed: 2 }],
    ['settings', { settings: settings({ maxSteps: 1, maskRate: 0.3 }) }],
    ['terms', { terms: ['graft'] }],
    ['model', { modelHash: 'another' }],
    ['longest row', { maxLength: 8 }],
  ])('is another one with other %s', async (_name, change) => {
    const base = { settings: settings({ maxSteps: 1 }) }
    const first = await adaptBackbone(adaptation('bert-mlm', base), nothing)
    const second = await adaptBackbone(adaptation('bert-mlm', { ...base, ...change }), nothing)
    expect(second.hash).not.toBe(first.hash)
  })

  it.each(['bfloat16', 'float16'] as const)('works in %s', async (precision) => {
    const { summary } = await adaptBackbone(adaptation('bert-mlm', { precision }), nothing)
    expect(summary.lossAfter).toBeLessThan(summary.lossBefore)
  })

  it('leaves nothing behind when it is stopped', async () => {
    await adaptBackbone(adaptation('bert-mlm', { settings: settings({ maxSteps: 1 }) }), nothing)
    const before = { names: await readdir(cache), tensors: memory().tensors }
    const stop = (done: number): Promise<void> =>
      done === 2 ? Promise.reject(new Error('stopped')) : Promise.resolve()
    await expect(adaptBackbone(adaptation('bert-mlm'), stop)).rejects.toThrow('stopped')
    expect(await readdir(cache)).toEqual(before.names)
    expect(memory().tensors).toBe(before.tensors)
  })

  it('refuses causal models by name and too few texts', async () => {
    await expect(adaptBackbone(adaptation('gpt2-lm'), nothing)).rejects.toMatchObject({
      code: 'model.familyUnsupported',
      message: expect.stringContaining('gpt2'),
    })
    await expect(
      adaptBackbone(adaptation('bert-mlm', { texts: [' ', 'one', 'one '] }), nothing),
    ).rejects.toMatchObject({ code: 'data.noRows' })
  })
})
