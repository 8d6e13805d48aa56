import { beforeAll, describe, expect, it } from 'vitest'
import type { PackContent } from '../../../../src/shared/domain'
import { joinRows } from '../../../../src/main/data/tokenized'
import { loadTokenizer, type TextTokenizer } from '../../../../src/main/data/tokenizer'
import { textsBehind } from '../../../../src/main/trainer/knowledge/contrasts'
import type { Prepared } from '../../../../src/main/trainer/prepare'
import { lexicon, packOf } from '../../knowledge/support'
import { fixture } from '../support'
import { knowledgeOf } from './term-runs'

const contrast = { words: ['but'], before: 0.5, after: 1.5 }
const content = { lexicons: [lexicon('mood', { good: 2, bad: -2 }, { contrast })] }

describe('texts behind contrasting words', () => {
  let tokenizer: TextTokenizer
  beforeAll(async () => {
    tokenizer = await loadTokenizer(fixture('bert-classify'))
  })

  const rows = [
    { text: 'good but bad', pair: null },
    { text: 'good and bad', pair: null },
    { text: 'good but bad', pair: 'bad but good' },
    { text: 'bad, but good', pair: null },
  ]

  const behind = (pack: Partial<PackContent> | undefined, without: readonly string[] = []) => {
    const tokens = joinRows(rows.map(({ text, pair }) => tokenizer.encode(text, pair, 16)))
    const knowledge = pack && knowledgeOf(packOf(pack), ['negative', 'positive'], [])
    return textsBehind(
      { rows, tokens, tokenizer } as unknown as Prepared,
      Int32Array.of(3, 2, 1, 0),
      knowledge && { ...knowledge, choice: { ...knowledge.choice, without: [...without] } },
    )
  }

  it('are those of rows of one text, in the order that is asked for', () => {
    const { places, texts } = behind(content)
    expect(places).toEqual([0, 3])
    const encoded = ['good', 'bad'].map((text) => tokenizer.encode(text, null, 16).ids)
    expect([...texts.lengths]).toEqual(encoded.map(({ length }) => length))
    const { ids } = texts.batchOf(Int32Array.of(0, 1))
    expect([...ids]).toEqual(encoded.flatMap((own) => [...own]))
  })

  it('are none without a pack, without its lexicon, and where no word contrasts', () => {
    const quiet = { lexicons: [lexicon('mood', { good: 2 })] }
    expect(behind(undefined).places).toEqual([])
    expect(behind(content, ['lexicon:mood']).places).toEqual([])
    expect(behind(quiet).places).toEqual([])
  })
})
