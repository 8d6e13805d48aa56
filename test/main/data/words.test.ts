import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadTokenizer, type TextTokenizer } from '../../../src/main/data/tokenizer'
import { Trie } from '../../../src/main/data/trie'
import { termFinder, wordFinder } from '../../../src/main/data/words'

const fixture = (name: string): Promise<TextTokenizer> =>
  loadTokenizer(join(import.meta.dirname, '../../fixtures/parity', name))

/** The tokens of each word, joined. */
function wordsOf(tokenizer: TextTokenizer, text: string): string[] {
  const { ids } = tokenizer.encode(text, null, 64)
  const words: string[] = []
  wordFinder(tokenizer)(ids).forEach((word, at) => {
    const token = tokenizer.token(ids[at] ?? 0) ?? ''
    if (word >= 0) words[word] = (words[word] ?? '') + token.replace(/^##/, '')
  })
  return words
}

describe('words of tokens', () => {
  it('are the pieces that belong together, without special tokens', async () => {
    const tokenizer = await fixture('bert-mlm')
    expect(wordsOf(tokenizer, 'The unbelievable grafts, re-rooted!')).toEqual([
      ...['the', 'unbelievable', 'grafts', ',', 're', '-', 'rooted', '!'],
    ])
    const { ids } = tokenizer.encode('graft', null, 64)
    const found = wordFinder(tokenizer)(ids)
    expect([found[0], found.at(-1)]).toEqual([-1, -1])
  })

  it('start at spaces and where kinds of characters meet in byte-level tokens', async () => {
    const tokenizer = await fixture('roberta-classify')
    expect(wordsOf(tokenizer, 'The unbelievable grafts, page 12!')).toEqual([
      ...['The', 'Ġunbelievable', 'Ġgrafts', ',', 'Ġpage', 'Ġ12', '!'],
    ])
  })

  it('are counted anew in the second text of a pair', async () => {
    const tokenizer = await fixture('bert-pair-multilabel')
    const { ids } = tokenizer.encode('graft', 'graft', 64)
    const words = [...wordFinder(tokenizer)(ids)]
    expect(Math.max(...words)).toBe(1)
  })
})

describe('terms in tokens', () => {
  const find = async (name: string, terms: readonly string[], text: string): Promise<string[]> => {
    const tokenizer = await fixture(name)
    const { ids } = tokenizer.encode(text, null, 64)
    const found = termFinder(
      tokenizer,
      terms.map((term): [string, string] => [term, term]),
    )(ids, wordFinder(tokenizer)(ids))
    return found.map(({ content }) => content)
  }

  it.each(['bert-mlm', 'roberta-classify'])(
    'are whole words, the longest first: %s',
    async (name) => {
      const terms = ['root', 'old root', 'graft', 'fed it']
      expect(await find(name, terms, 'the old root fed it and grafted rootless trees')).toEqual([
        ...['old root', 'fed it'],
      ])
      expect(await find(name, terms, 'root and old roots')).toEqual(['root'])
    },
  )

  it('are found as the tokeniser writes them', async () => {
    expect(await find('bert-mlm', ['Old Root'], 'an OLD root')).toEqual(['Old Root'])
    expect(await find('bert-mlm', ['', '  '], 'an old root')).toEqual([])
  })

  it('in lower case are found in capitals where case counts, names only as they are', async () => {
    const found = await find('roberta-classify', ['graft', 'Root'], 'Graft a GRAFT, root Root')
    expect(found).toEqual(['graft', 'graft', 'Root'])
  })
})

describe('a trie', () => {
  it('keeps the first content of a sequence and finds the longest that fits', () => {
    const trie = new Trie<string>()
    trie.add([1, 2], 'short')
    trie.add([1, 2], 'again')
    trie.add([1, 2, 3], 'long')
    trie.add([], 'nothing')
    expect(trie.longest([0, 1, 2, 3], 1)).toEqual({ start: 1, end: 4, content: 'long' })
    expect(trie.longest([0, 1, 2, 3], 1, (end) => end < 4)?.content).toBe('short')
    expect(trie.longest([0, 1, 2, 3], 0)).toBeUndefined()
  })
})
