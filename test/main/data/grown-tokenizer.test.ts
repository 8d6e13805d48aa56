import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { growTokenizer } from '../../../src/main/data/grown-tokenizer'
import { loadTokenizer, type TextTokenizer } from '../../../src/main/data/tokenizer'

const fixtures = join(import.meta.dirname, '../../fixtures/parity')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grown-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function grow(
  name: string,
  terms: readonly string[],
): Promise<{ readonly before: TextTokenizer; readonly after: TextTokenizer }> {
  await cp(join(fixtures, name), folder, { recursive: true })
  const before = await loadTokenizer(folder)
  await growTokenizer(
    join(fixtures, name),
    folder,
    terms.map((content, at) => ({
      ...{ content, id: before.vocabulary + at, withSpace: name.startsWith('roberta') },
    })),
  )
  return { before, after: await loadTokenizer(folder) }
}

const tokensOf = (tokenizer: TextTokenizer, text: string): (string | undefined)[] =>
  tokenizer.encodeBare(text).map((id) => tokenizer.token(id))

describe('a tokeniser with new tokens', () => {
  it('writes a term as one token where it stands as a word, in any case', async () => {
    const { before, after } = await grow('bert-mlm', ['Graft', 'old root'])
    expect(tokensOf(after, 'GRAFT, the old root')).toEqual(['Graft', ',', 'the', 'old root'])
    expect(after.vocabulary).toBe(before.vocabulary + 2)
    expect(after.hash).not.toBe(before.hash)
    expect(after.id('old root')).toBe(before.vocabulary + 1)
  })

  it('leaves other words as they were', async () => {
    const { before, after } = await grow('bert-mlm', ['graft', 'root', 'x'])
    for (const text of ['grafted regrafting', 'root_stock roots', 'été 第二年 €3,50 x2', '', ' ']) {
      expect(after.encodeBare(text), text).toEqual(before.encodeBare(text))
    }
    const text = 'It was the best of stocks — Café! [MASK] [SEP]'
    expect(after.encode(text, null, 48)).toEqual(before.encode(text, null, 48))
  })

  it('takes the longest term and passes over one that goes on', async () => {
    const { after } = await grow('bert-mlm', ['scions', 'scions wax'])
    expect(tokensOf(after, 'scions scions wax')).toEqual(['scions', 'scions wax'])
    expect(tokensOf(after, 'scions waxes')).not.toContain('scions')
  })

  it('takes the space in front into a byte-level token', async () => {
    const { before, after } = await grow('roberta-classify', ['graft'])
    expect(tokensOf(after, 'the graft took')).toEqual([
      ...tokensOf(before, 'the'),
      'graft',
      ...tokensOf(before, ' took'),
    ])
    expect(after.encodeBare('Grafted')).toEqual(before.encodeBare('Grafted'))
  })

  it('sets Chinese characters apart as before and still finds the term', async () => {
    const { after } = await grow('bert-mlm', ['新枝'])
    expect(tokensOf(after, '第二年的新枝长')).toEqual(['第', '二', '年', '的', '新枝', '长'])
  })

  it('is made from a word list where there is no tokenizer.json', async () => {
    await writeFile(join(folder, 'vocab.txt'), '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\n')
    await writeFile(join(folder, 'added_tokens.json'), '{}')
    await writeFile(
      join(folder, 'tokenizer_config.json'),
      JSON.stringify({ added_tokens_decoder: { 0: { content: '[PAD]' } } }),
    )
    await growTokenizer(folder, folder, [{ content: 'ab', id: 8, withSpace: false }])
    const tokenizer = await loadTokenizer(folder)
    expect([...tokenizer.encode('a ab abb', null, 9).ids]).toEqual([2, 5, 8, 5, 7, 7, 3])
    expect(JSON.parse(await readFile(join(folder, 'added_tokens.json'), 'utf8'))).toEqual({ ab: 8 })
    const config: unknown = JSON.parse(
      await readFile(join(folder, 'tokenizer_config.json'), 'utf8'),
    )
    expect(config).toMatchObject({
      added_tokens_decoder: { 8: { content: 'ab', single_word: true, special: false } },
    })
  })
})

describe('a tokeniser', () => {
  it('knows its mask and what is no part of a text', async () => {
    const bert = await loadTokenizer(join(fixtures, 'bert-mlm'))
    expect(bert.maskId).toBe(4)
    expect([...bert.special].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4])
    expect((await loadTokenizer(join(fixtures, 'roberta-classify'))).maskId).toBe(4)
    expect((await loadTokenizer(join(fixtures, 'gpt2-lm'))).maskId).toBeUndefined()
  })

  it('cuts a whole text into pieces of the longest length', async () => {
    const bert = await loadTokenizer(join(fixtures, 'bert-mlm'))
    const text = 'the best of stocks and the worst of stocks'
    const ids = bert.encodeBare(text)
    const pieces = bert.encodeWhole(text, 6)
    expect(pieces.flatMap((piece) => [...piece.ids].slice(1, -1))).toEqual(ids)
    for (const { ids: own } of pieces) {
      expect(own.length).toBeLessThanOrEqual(6)
      expect([own[0], own.at(-1)]).toEqual([2, 3])
    }
    expect(bert.encodeWhole('', 6)).toEqual([])
  })
})
