import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PackContent } from '../../../../src/shared/domain/pack'
import { trainingMethodSchema } from '../../../../src/shared/domain/knowledge'
import { loadTokenizer } from '../../../../src/main/data/tokenizer'
import {
  describeGraft,
  graftBackbone,
  packTerms,
  type BackboneGraft,
} from '../../../../src/main/trainer/knowledge/backbone'
import { fixture } from '../support'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'backbone-'))
  mkdirSync(join(root, 'corpus'))
  writeFileSync(join(root, 'corpus/a.txt'), 'the unbelievable rootstock\n\n  a graft took\r\n')
})
afterEach(() => {
  rmSync(root, { recursive: true })
})

const content: PackContent = {
  ...{ name: 'p', version: 1, language: 'en', labels: [], description: '', licence: null },
  ...{ sources: [], rules: [], priors: null, rationales: [], invariances: null },
  lexicons: [
    {
      ...{ id: 'l', file: 'l.csv', match: 'word', caseSensitive: false, valence: null },
      ...{ negation: null, intensifiers: null, contrast: null },
      entries: [{ term: 'graft', label: 'a', weight: 1 }],
    },
    {
      ...{ id: 'r', file: 'r.csv', match: 'regex', caseSensitive: false, valence: null },
      ...{ negation: null, intensifiers: null, contrast: null },
      entries: [{ term: 'gr.ft', label: 'a', weight: 1 }],
    },
  ],
  triples: [{ head: 'rootstock', relation: 'is_a', tail: 'tree' }],
  vocabulary: ['unbelievable', 'graft'],
  corpus: [{ file: 'corpus/a.txt', lines: 2, bytes: 48 }],
}

const graft = (methods: readonly object[], change: Partial<BackboneGraft> = {}): BackboneGraft => ({
  modelFolder: fixture('bert-mlm'),
  modelHash: 'm',
  methods: methods.map((method) => trainingMethodSchema.parse(method)),
  content,
  packFolder: root,
  rows: [{ text: 'a row of its own', pair: 'and its pair' }],
  maxLength: 16,
  seed: 1,
  precision: 'float32',
  cacheFolder: join(root, 'cache'),
  ...change,
})

const nothing = (): Promise<void> => Promise.resolve()

describe('grafting a backbone', () => {
  it('leaves a model alone without a method for it', async () => {
    const found = await graftBackbone(graft([{ use: 'features' }]), nothing)
    expect(describeGraft(found)).toEqual([])
    expect(found).toEqual({
      ...{ modelFolder: fixture('bert-mlm'), modelHash: 'm', vocabulary: null, pretrain: null },
    })
  })

  it('gives new tokens first, and then trains them', async () => {
    const methods = [{ use: 'pretrain', maxSteps: 2, batch: 2 }, { use: 'vocabulary' }]
    const found = await graftBackbone(graft(methods), nothing)
    expect(found.vocabulary?.added).toBe(1)
    expect(found.pretrain).toMatchObject({ texts: 4, steps: 2 })
    const [tokens, loss] = describeGraft(found)
    expect(tokens).toMatch(/^1 terms of the pack became tokens/)
    expect(loss).toMatch(/3 texts, 2 steps: the loss on 1 held-out texts went from \d/)
    const tokenizer = await loadTokenizer(found.modelFolder)
    expect(tokenizer.encodeBare('unbelievable')).toHaveLength(1)
    expect(await graftBackbone(graft(methods), nothing)).toEqual(found)
  })

  it.each([
    ['corpus', 2],
    ['rows', 2],
    ['both', 4],
  ])('trains on what was asked for: %s', async (on, texts) => {
    const methods = [{ use: 'pretrain', on, maxSteps: 1 }]
    const found = await graftBackbone(graft(methods), nothing)
    expect(found.pretrain?.texts).toBe(texts)
  })

  it('says which file of the corpus is missing', async () => {
    const corpus = [{ file: 'corpus/none.txt', lines: 1, bytes: 1 }]
    await expect(
      graftBackbone(graft([{ use: 'pretrain' }], { content: { ...content, corpus } }), nothing),
    ).rejects.toMatchObject({
      code: 'file.notFound',
      message: expect.stringContaining('none.txt'),
    })
  })

  it('takes for terms what is written out', () => {
    expect(packTerms(content)).toEqual(['unbelievable', 'graft', 'rootstock'])
  })
})
