import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadTokenizer } from '../../../../src/main/data/tokenizer'
import { readModelFolder } from '../../../../src/main/formats/huggingface'
import { readModelConfig } from '../../../../src/main/formats/model-config'
import { writeSafetensors } from '../../../../src/main/formats/safetensors'
import { openWeights } from '../../../../src/main/formats/weights'
import { graftVocabulary, grownTable } from '../../../../src/main/trainer/knowledge/vocabulary'
import { openSession, toTokenBatch } from '../../../../src/main/trainer/session'
import { padBatch } from '../../../../src/main/data/tokenized'
import { tokenizeRows } from '../../../../src/main/data/tokenize'
import { fixture } from '../support'

let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'vocabulary-'))
})
afterEach(() => rm(cache, { recursive: true }))

const graft = (
  model: string,
  terms: readonly string[],
  { most = 100, texts = [] }: { most?: number; texts?: readonly string[] } = {},
) =>
  graftVocabulary({
    ...{ modelFolder: fixture(model), modelHash: model, terms, most, texts },
    cacheFolder: cache,
  })

async function tableOf(folder: string, name: string) {
  const weights = await openWeights(folder)
  const data = await weights.readFloat32(name)
  const shape = weights.tensors.get(name)?.shape
  await weights.close()
  return { data, shape }
}

describe('grafting a vocabulary', () => {
  it.each([
    ['bert-mlm', 'bert.embeddings.word_embeddings.weight'],
    ['distilbert-classify', 'distilbert.embeddings.word_embeddings.weight'],
    ['roberta-classify', 'roberta.embeddings.word_embeddings.weight'],
  ])('gives a term the mean of its pieces: %s', async (model, word) => {
    const before = await loadTokenizer(fixture(model))
    const { folder, summary } = await graft(model, ['rootstock graft', 'unbelievable'])
    const after = await loadTokenizer(folder)
    expect(summary.added).toBe(2)
    expect(after.vocabulary).toBe(before.vocabulary + 2)
    expect((await readModelConfig(folder)).vocab_size).toBe(after.vocabulary)
    const old = await tableOf(fixture(model), word)
    const grown = await tableOf(folder, word)
    expect(grown.shape).toEqual([after.vocabulary, 32])
    expect(grown.data.slice(0, old.data.length)).toEqual(old.data)
    const id = after.id('unbelievable') ?? -1
    const pieces = before.encodeBare(' unbelievable')
    expect(pieces.length).toBeGreaterThan(1)
    for (let at = 0; at < 32; at += 1) {
      const mean =
        pieces.reduce((sum, piece) => sum + (old.data[piece * 32 + at] ?? NaN), 0) / pieces.length
      expect(grown.data[id * 32 + at]).toBeCloseTo(mean, 6)
    }
    expect([...after.encodeBare(' unbelievable')]).toEqual([id])
  })

  it('grows the language head with the embeddings', async () => {
    const { folder, summary } = await graft('bert-mlm', ['unbelievable'])
    const bias = await tableOf(folder, 'cls.predictions.bias')
    expect(bias.shape).toEqual([summary.vocabularyAfter])
    const session = await openSession(folder, {
      ...{ task: 'masked-lm', labels: [], pooling: 'checkpoint', part: { kind: 'all' } },
      ...{ dropout: null, precision: 'float32', initSeed: 0 },
    })
    expect(session.summary.fresh).toEqual([])
    session.dispose()
  })

  it('changes no answer to a text without the terms', async () => {
    const { folder } = await graft('bert-classify', ['unbelievable'])
    const answers: number[][] = []
    for (const one of [fixture('bert-classify'), folder]) {
      const tokenizer = await loadTokenizer(one)
      const rows = [{ text: 'the graft took', pair: null }]
      const tokens = await tokenizeRows(tokenizer, rows, { maxLength: 16, cacheFolder: null })
      const session = await openSession(one, {
        ...{ task: 'single-label', labels: ['a', 'b', 'c'], pooling: 'checkpoint' },
        ...{ part: { kind: 'all' }, dropout: null, precision: 'float32', initSeed: 0 },
      })
      answers.push([...session.logits(toTokenBatch(padBatch(tokens, [0], tokenizer.padId)))])
      session.dispose()
    }
    expect(answers[1]).toEqual(answers[0])
  })

  it('leaves out what is one token already, and the same term twice', async () => {
    const { folder, summary } = await graft('bert-mlm', ['the', 'Graft', 'graft', '', 'old graft'])
    const tokenizer = await loadTokenizer(folder)
    const [first] = tokenizer.encodeBare('graft')
    expect(summary.leftOut + summary.added).toBe(5)
    expect(tokenizer.encodeBare('old graft')).toHaveLength(1)
    expect(first).toBe(tokenizer.encodeBare('GRAFT')[0])
  })

  it('tells terms apart that the tokeniser does not know at all', async () => {
    const { folder, summary } = await graft('bert-mlm', ['心肌', '梗死', '心肌'])
    expect(summary.added).toBe(2)
    const tokenizer = await loadTokenizer(folder)
    expect(tokenizer.encodeBare('心肌')).not.toEqual(tokenizer.encodeBare('梗死'))
  })

  it('keeps the terms that shorten the texts the most', async () => {
    const texts = ['unbelievable rootstock', 'rootstock and grafting wax', 'rootstock']
    const terms = ['unbelievable', 'grafting wax', 'rootstock', 'scionwood']
    const { folder } = await graft('bert-mlm', terms, { most: 1, texts })
    const tokenizer = await loadTokenizer(folder)
    expect(tokenizer.encodeBare('rootstock')).toHaveLength(1)
    expect(tokenizer.encodeBare('unbelievable').length).toBeGreaterThan(1)
  })

  it('is a folder that loads again and can be grafted once more', async () => {
    const first = await graft('bert-mlm', ['unbelievable'])
    expect((await readModelFolder(first.folder)).vocabulary).toBe(first.summary.vocabularyAfter)
    const second = await graftVocabulary({
      ...{ modelFolder: first.folder, modelHash: first.hash, terms: ['unbelievable', 'rootstock'] },
      ...{ most: 10, texts: [], cacheFolder: cache },
    })
    expect(second.summary.added).toBe(1)
    expect(second.summary.vocabularyBefore).toBe(first.summary.vocabularyAfter)
    const again = await graft('bert-mlm', ['unbelievable'])
    expect(again).toEqual(first)
  })

  it('uses rows that a padded table has left and writes names with their prefix', async () => {
    const source = join(cache, 'source')
    await cp(fixture('bert-classify'), source, { recursive: true })
    const weights = await openWeights(source)
    const tensors = []
    for (const name of weights.tensors.keys()) {
      if (name.startsWith('classifier')) continue
      const read = await weights.read(name)
      const short = name.replace('bert.', '')
      if (!short.endsWith('word_embeddings.weight') || !(read.data instanceof Float32Array)) {
        tensors.push({ ...read, name: short })
        continue
      }
      const data = grownTable(read.data, 32, 248, [])
      tensors.push({ ...read, name: short, shape: [248, 32], data })
    }
    await weights.close()
    await writeSafetensors(join(source, 'model.safetensors'), tensors)
    const config: object = JSON.parse(await readFile(join(source, 'config.json'), 'utf8'))
    await writeFile(join(source, 'config.json'), JSON.stringify({ ...config, vocab_size: 248 }))
    const { folder, summary } = await graftVocabulary({
      ...{ modelFolder: source, modelHash: 's', terms: ['unbelievable'], most: 9, texts: [] },
      cacheFolder: cache,
    })
    expect(summary.vocabularyAfter).toBe(248)
    const grown = await openWeights(folder)
    expect([...grown.tensors.keys()].every((name) => name.startsWith('bert.'))).toBe(true)
    expect(grown.tensors.has('bert.pooler.dense.weight')).toBe(true)
    await grown.close()
  })
})
