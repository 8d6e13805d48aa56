import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { padBatch } from '../../../src/main/data/tokenized'
import { tokenizeRows } from '../../../src/main/data/tokenize'
import { loadTokenizer } from '../../../src/main/data/tokenizer'
import { keepOfPair } from '../../../src/main/data/truncation'

const fixtures = join(import.meta.dirname, '../../fixtures/parity')
const expectedSchema = z.object({
  texts: z.array(z.string()),
  pairs: z.array(z.string()).nullish(),
  max_length: z.number(),
  input_ids: z.array(z.array(z.number())),
  attention_mask: z.array(z.array(z.number())),
  token_type_ids: z.array(z.array(z.number())).nullish(),
})
const readCase = async (name: string): Promise<z.output<typeof expectedSchema>> =>
  expectedSchema.parse(JSON.parse(await readFile(join(fixtures, name, 'expected.json'), 'utf8')))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokens-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('token ids', () => {
  it.each([
    'bert-classify',
    'bert-mlm',
    'bert-pair-multilabel',
    'bert-regress',
    'distilbert-classify',
    'gpt2-classify',
    'gpt2-lm',
    'roberta-classify',
  ])('equal those of the reference: %s', async (name) => {
    const expected = await readCase(name)
    const tokenizer = await loadTokenizer(join(fixtures, name))
    const rows = expected.texts.map((text, at) => ({ text, pair: expected.pairs?.[at] ?? null }))
    const tokenized = await tokenizeRows(tokenizer, rows, {
      maxLength: expected.max_length,
      cacheFolder: null,
    })
    const width = expected.input_ids[0]?.length ?? 0
    rows.forEach((row, at) => {
      const ids = [...tokenized.ids.slice(tokenized.starts[at], tokenized.starts[at + 1])]
      const real = (expected.input_ids[at] ?? []).filter(
        (_, position) => expected.attention_mask[at]?.[position] === 1,
      )
      expect(ids, JSON.stringify(row)).toEqual(real)
    })
    const batch = padBatch(tokenized, [...rows.keys()], tokenizer.padId)
    if (batch.length === width) {
      expect([...batch.inputIds]).toEqual(expected.input_ids.flat())
      expect([...batch.attentionMask]).toEqual(expected.attention_mask.flat())
    }
    expect(batch.tokens).toBe(expected.attention_mask.flat().filter((value) => value === 1).length)
  })

  it('do not depend on where a Greek sigma stands', async () => {
    const tokenizer = await loadTokenizer(join(fixtures, 'bert-classify'))
    const ids = (text: string): number[] => [...tokenizer.encode(text, null, 64).ids]
    const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'οδοσ', 'οδος']
    await writeFile(join(folder, 'vocab.txt'), words.join('\n'))
    const greek = await loadTokenizer(folder)
    expect([...greek.encode('ΟΔΟΣ', null, 8).ids]).toEqual([2, 5, 3])
    expect([...greek.encode('οδος', null, 8).ids]).toEqual([2, 6, 3])
    expect(ids('Ab')).toEqual(ids('aB'))
  })

  it('set far ideographs apart as the near ones', async () => {
    await writeFile(join(folder, 'vocab.txt'), '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n𠀀\nab\n')
    const tokenizer = await loadTokenizer(folder)
    expect([...tokenizer.encode('ab𠀀ab', null, 9).ids]).toEqual([2, 6, 5, 6, 3])
  })

  it('tell two texts apart where the tokeniser does', async () => {
    await writeFile(join(folder, 'vocab.txt'), '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n')
    await writeFile(join(folder, 'tokenizer_config.json'), '{"tokenizer_class":"BertTokenizer"}')
    const encoded = (await loadTokenizer(folder)).encode('a a', 'b', 9)
    expect([...encoded.ids]).toEqual([2, 5, 5, 3, 6, 3])
    expect([...encoded.typeIds]).toEqual([0, 0, 0, 0, 1, 1])
  })

  it('are cut on the right, and the cut is said', async () => {
    const tokenizer = await loadTokenizer(join(fixtures, 'bert-classify'))
    const whole = tokenizer.encode('no fruit this year', null, 64)
    const short = tokenizer.encode('no fruit this year', null, 4)
    expect([...short.ids]).toEqual([2, ...whole.ids.slice(1, 3), 3])
    expect([whole.truncated, short.truncated]).toEqual([false, true])
  })
})

describe('cutting a pair', () => {
  it('takes from the longer text first', () => {
    expect(keepOfPair(3, 4, 10)).toEqual([3, 4])
    expect(keepOfPair(3, 20, 10)).toEqual([3, 7])
    expect(keepOfPair(20, 3, 10)).toEqual([7, 3])
    expect(keepOfPair(20, 30, 11)).toEqual([5, 6])
    expect(keepOfPair(30, 20, 11)).toEqual([6, 5])
    expect(keepOfPair(5, 0, 0)).toEqual([0, 0])
  })
})

describe('the cache', () => {
  const rows = [
    { text: 'the graft', pair: null },
    { text: '', pair: null },
  ]

  it('gives the same result from disk, and computes a damaged file anew', async () => {
    const tokenizer = await loadTokenizer(join(fixtures, 'bert-classify'))
    const options = { maxLength: 16, cacheFolder: folder }
    const first = await tokenizeRows(tokenizer, rows, options)
    expect(await tokenizeRows(tokenizer, rows, options)).toEqual(first)
    const files = await readdir(folder)
    expect(files).toHaveLength(1)
    const path = join(folder, files[0] ?? '')
    const bytes = await readFile(path)
    bytes[60] = (bytes[60] ?? 0) ^ 1
    await writeFile(path, bytes)
    expect(await tokenizeRows(tokenizer, rows, options)).toEqual(first)
    await writeFile(path, bytes.subarray(0, 50))
    expect(await tokenizeRows(tokenizer, rows, options)).toEqual(first)
  })

  it('keeps every length and every text apart', async () => {
    const tokenizer = await loadTokenizer(join(fixtures, 'bert-classify'))
    await tokenizeRows(tokenizer, rows, { maxLength: 16, cacheFolder: folder })
    await tokenizeRows(tokenizer, rows, { maxLength: 17, cacheFolder: folder })
    await tokenizeRows(tokenizer, rows.slice(1), { maxLength: 16, cacheFolder: folder })
    expect(await readdir(folder)).toHaveLength(3)
  })

  it('is not written when the work is cancelled', async () => {
    const tokenizer = await loadTokenizer(join(fixtures, 'bert-classify'))
    const options = { maxLength: 16, cacheFolder: folder, signal: AbortSignal.abort() }
    await expect(tokenizeRows(tokenizer, rows, options)).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a folder without a usable tokeniser', () => {
  it('is refused by name', async () => {
    await expect(loadTokenizer(folder)).rejects.toMatchObject({ code: 'model.tokenizerMissing' })
    await writeFile(join(folder, 'tokenizer.json'), '{"model":')
    await expect(loadTokenizer(folder)).rejects.toMatchObject({ code: 'model.tokenizerInvalid' })
    await writeFile(join(folder, 'tokenizer.json'), '{"model":{"type":"Unheard"}}')
    await expect(loadTokenizer(folder)).rejects.toMatchObject({ code: 'model.tokenizerInvalid' })
  })
})
