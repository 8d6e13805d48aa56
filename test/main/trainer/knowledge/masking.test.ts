import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../src/main/platform/random'
import { loadTokenizer } from '../../../../src/main/data/tokenizer'
import { wordFinder } from '../../../../src/main/data/words'
import { createMasker, ignored } from '../../../../src/main/trainer/knowledge/masking'

const fixtures = join(import.meta.dirname, '../../../fixtures/parity')
const tokenizer = await loadTokenizer(join(fixtures, 'bert-mlm'))
const text = 'the graft took at once , and the unbelievable old root fed the grafted trees'
const row = tokenizer.encode(text, null, 64).ids
const draws = 4000

const settings = { maskRate: 0.15, wholeWord: true, domainTerms: 1 }

/** How often each token was asked for, and what stood in its place then. */
function count(change: Partial<typeof settings>, terms: readonly string[] = []) {
  const mask = createMasker(tokenizer, { ...settings, ...change }, terms)
  const asked = new Float64Array(row.length)
  const shown = { mask: 0, same: 0, other: 0 }
  for (let seed = 0; seed < draws; seed += 1) {
    const { ids, targets } = mask(row, createRandom(seed))
    targets.forEach((target, at) => {
      const expected = target === ignored ? ids[at] : target
      if (expected !== row[at]) throw new Error(`token ${at} became ${ids[at]}, asked: ${target}`)
      if (target === ignored) return
      asked[at] = (asked[at] ?? 0) + 1 / draws
      const kind = ids[at] === tokenizer.maskId ? 'mask' : ids[at] === target ? 'same' : 'other'
      shown[kind] += 1
    })
  }
  return { asked, shown }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('masking', () => {
  it('asks for the rate of tokens, never for special ones', () => {
    const { asked } = count({})
    expect([asked[0], asked.at(-1)]).toEqual([0, 0])
    expect(mean([...asked.slice(1, -1)])).toBeGreaterThan(0.14)
    expect(mean([...asked.slice(1, -1)])).toBeLessThan(0.17)
  })

  it('shows the mask in 80%, the token in 10% and another one in 10% of the cases', () => {
    const { shown } = count({})
    const total = shown.mask + shown.same + shown.other
    expect(shown.mask / total).toBeCloseTo(0.8, 1)
    expect(shown.same / total).toBeCloseTo(0.1, 1)
    expect(shown.other / total).toBeCloseTo(0.1, 1)
  })

  it('asks for whole words', () => {
    const words = wordFinder(tokenizer)(row)
    const mask = createMasker(tokenizer, settings, [])
    for (let seed = 0; seed < 200; seed += 1) {
      const { targets } = mask(row, createRandom(seed))
      const asked = new Set([...words].filter((_, at) => targets[at] !== ignored))
      words.forEach((word, at) => {
        expect(targets[at] !== ignored).toBe(asked.has(word))
      })
    }
  })

  it('asks for pieces of words where words are not kept together', () => {
    const words = wordFinder(tokenizer)(row)
    const mask = createMasker(tokenizer, { ...settings, wholeWord: false }, [])
    const split = Array.from({ length: 50 }, (_, seed) => mask(row, createRandom(seed)).targets)
    const broken = split.some((targets) =>
      words.some(
        (word, at) =>
          word === words[at + 1] && (targets[at] === ignored) !== (targets[at + 1] === ignored),
      ),
    )
    expect(broken).toBe(true)
  })

  it('asks for terms so many times as often, at the same rate in all', () => {
    const { asked } = count({ domainTerms: 4 }, ['graft', 'old root'])
    const words = wordFinder(tokenizer)(row)
    const ofWord = (word: number): number => mean([...asked].filter((_, at) => words[at] === word))
    const order = text.split(' ')
    const rate = (word: string): number => ofWord(order.indexOf(word))
    expect(rate('graft') / rate('took')).toBeGreaterThan(3.4)
    expect(rate('graft') / rate('took')).toBeLessThan(4.6)
    expect(rate('root') / rate('once')).toBeGreaterThan(3.4)
    expect(rate('grafted')).toBeLessThan(1.3 * rate('once'))
    expect(mean([...asked.slice(1, -1)])).toBeCloseTo(0.15, 1)
  })

  it('asks for terms always where the rate does not suffice for more', () => {
    const { asked } = count({ domainTerms: 20 }, ['graft'])
    const place = wordFinder(tokenizer)(row).indexOf(1)
    expect(asked[place]).toBeCloseTo(1, 5)
    expect(mean([...asked.slice(1, -1)])).toBeCloseTo(0.15, 1)
  })

  it('asks for one word of a row that is too short for the rate', () => {
    const short = tokenizer.encode('at', null, 8).ids
    const mask = createMasker(tokenizer, { ...settings, maskRate: 0.01 }, [])
    const { targets } = mask(short, createRandom(1))
    expect(targets.filter((target) => target !== ignored).length).toBeGreaterThan(0)
    const empty = tokenizer.encode('', null, 8).ids
    expect([...mask(empty, createRandom(1)).targets]).toEqual([ignored, ignored])
  })

  it('repeats itself', () => {
    const mask = createMasker(tokenizer, settings, [])
    expect(mask(row, createRandom(3, 4))).toEqual(mask(row, createRandom(3, 4)))
    expect(mask(row, createRandom(3, 4))).not.toEqual(mask(row, createRandom(3, 5)))
  })

  it('needs a mask token', async () => {
    const causal = await loadTokenizer(join(fixtures, 'gpt2-lm'))
    expect(() => createMasker(causal, settings, [])).toThrow('no mask token')
  })
})
