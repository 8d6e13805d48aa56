import { describe, expect, test } from 'vitest'
import type { Lexicon } from '@shared/domain'
import { compilePack } from '../../../src/main/knowledge/compile'
import { foldWord } from '../../../src/main/knowledge/folding'
import { createRandom } from '../../../src/main/platform/random'
import { randomText } from './random-text'
import { lexicon, negation, packOf, row } from './support'

const labels = ['negative', 'positive']
type Weights = Readonly<Record<string, number>>

const matchesOf = (weights: Weights, text: string, options: Partial<Lexicon> = {}) =>
  compilePack(packOf({ lexicons: [lexicon('l', weights, options)] }), labels, {})
    .read(row(text))
    .flatMap(({ matches }) => matches)

/** What was found, as it stands in the text. */
const found = (weights: Weights, text: string, options: Partial<Lexicon> = {}): string[] =>
  matchesOf(weights, text, options).map(({ start, end }) => text.slice(start, end))

const weightsOf = (weights: Weights, text: string, options: Partial<Lexicon> = {}): number[] =>
  matchesOf(weights, text, options).map(({ weight }) => weight)

describe('terms', () => {
  test('whole words are found, whatever their case and form', () => {
    expect(found({ good: 1, straße: 1 }, 'GOOD goods, STRASSE')).toEqual(['GOOD', 'STRASSE'])
    expect(found({ café: 1 }, 'a CAFE\u0301!')).toEqual(['CAFE\u0301'])
    expect(found({ isi: 1 }, 'ısı ISI')).toEqual(['ISI'])
    expect(found({ "don't": 1 }, 'don’t do')).toEqual(['don’t'])
  })

  test('case counts where the lexicon says so', () => {
    expect(found({ US: 1 }, 'us US', { caseSensitive: true })).toEqual(['US'])
  })

  test('the owner of something is found without its s', () => {
    expect(found({ joy: 1 }, "a joy's joy")).toEqual(['joy', 'joy'])
    expect(found({ like: 1, made: 1 }, 'well-made ladylike')).toEqual([])
  })

  test('phrases span any white space but nothing else', () => {
    expect(found({ 'fed up': -1 }, 'Fed \n up, fed, up, fedup')).toEqual(['Fed \n up'])
  })

  test('stems find the words that begin with them, whole', () => {
    const options = { match: 'stem' } as const
    expect(found({ disappoint: -1 }, 'disappointed, DISAPPOINT', options)).toEqual([
      ...['disappointed', 'DISAPPOINT'],
    ])
    expect(found({ 'fall apart': -1, fall: 1 }, 'falls; fall apartments', options)).toEqual([
      ...['falls', 'fall apartments'],
    ])
  })

  test('patterns find what they match', () => {
    expect(found({ 'go+d': 1, 'o+': 1 }, 'a goood book', { match: 'regex' })).toEqual([
      ...['goood', 'oo'],
    ])
  })

  test('the longest term wins, and nothing counts twice', () => {
    const weights = { good: 1, 'good night': 2, 'night out': 3, 'out of this world': 4 }
    expect(found(weights, 'good night out of this world')).toEqual([
      ...['good night', 'out of this world'],
    ])
  })

  test('emoticons are found alone, glued and repeated', () => {
    const weights = { ':)': 2, ':(': -2, '<3': 2, '</3': -2, ':D': 2, '!!': 1, '8)': 1, ':3': 1 }
    expect(found(weights, 'great:) movie :)) :( <3 </3 lol:D')).toEqual([
      ...[':)', ':)', ':(', '<3', '</3', ':D'],
    ])
    expect(found(weights, 'so good!!!! see http://x.org/:( (8) 2:3')).toEqual(['!!', '!!'])
    expect(found({ '👍': 1 }, 'ok 👍🏽👍')).toEqual(['👍🏽', '👍'])
  })

  test('scripts without spaces are searched character by character', () => {
    expect(found({ 好: 1, 好看: 2, 不好看: -2 }, '这部电影不好看，很好')).toEqual(['不好看', '好'])
    expect(found({ すごい: 1 }, 'これはすごいですね')).toEqual(['すごい'])
  })
})

describe('negation and intensifiers', () => {
  const options = {
    negation,
    intensifiers: { words: { very: 0.5, 'kind of': -0.4, slightly: -2 }, window: 3, decay: 0.9 },
  }

  test('a negation within the window turns the weight', () => {
    expect(weightsOf({ good: 2 }, 'not good', options)).toEqual([-1])
    expect(weightsOf({ good: 2 }, 'it isn’t at all good', options)).toEqual([-1])
    expect(weightsOf({ good: 2 }, 'not one two three good', options)).toEqual([2])
    expect(weightsOf({ good: 2 }, 'good, not', options)).toEqual([2])
  })

  test('a negation does not reach over the end of a sentence or a paragraph', () => {
    expect(weightsOf({ good: 2 }, 'Not me. Good!', options)).toEqual([2])
    expect(weightsOf({ good: 2 }, 'not\n\ngood', options)).toEqual([2])
    expect(weightsOf({ good: 2 }, 'not, as I said, good', options)).toEqual([2])
    expect(weightsOf({ good: 2 }, 'not, they said, good', options)).toEqual([-1])
  })

  test('a negation inside a longer term negates nothing else', () => {
    expect(weightsOf({ 'not only': 1, good: 2 }, 'not only good', options)).toEqual([1, 2])
  })

  test('intensifiers add to the size of the weight, less with distance', () => {
    const [near = 0] = weightsOf({ good: 2, bad: -2 }, 'very good', options)
    expect(near).toBeCloseTo(2.5)
    const [far = 0] = weightsOf({ bad: -2 }, 'very much bad', options)
    expect(far).toBeCloseTo(-2.45)
    const [less = 0] = weightsOf({ good: 2 }, 'kind of good', options)
    expect(less).toBeCloseTo(1.6)
    expect(weightsOf({ good: 1 }, 'slightly good', options)).toEqual([0])
  })

  test('a word that is a term does not intensify', () => {
    expect(weightsOf({ very: 1, good: 2 }, 'very good', options)).toEqual([1, 2])
  })

  test('what happened to a weight is said', () => {
    const [match] = matchesOf({ good: 2 }, 'not very good', options)
    expect(match).toMatchObject({ negated: true, intensified: true, field: 'text', term: 'good' })
    expect(match?.weight).toBeCloseTo(-1.25)
  })
})

describe('contrast', () => {
  const options = { negation, contrast: { words: ['but', 'even so'], before: 0.5, after: 1.5 } }
  const weights = { good: 2, bad: -2 }

  test('what stands behind the last contrasting word counts more, what stands before it less', () => {
    expect(weightsOf(weights, 'good, but bad', options)).toEqual([1, -3])
    expect(weightsOf(weights, 'Good BUT not good', options)).toEqual([1, -1.5])
    expect(weightsOf(weights, 'good but bad. Even so good', options)).toEqual([1, -1, 3])
    expect(weightsOf(weights, 'good and bad', options)).toEqual([2, -2])
    expect(weightsOf(weights, 'good but bad')).toEqual([2, -2])
  })

  test('a word at an end of the text contrasts nothing', () => {
    expect(weightsOf(weights, 'But good and bad', options)).toEqual([2, -2])
    expect(weightsOf(weights, 'good, bad, but', options)).toEqual([2, -2])
    expect(weightsOf(weights, '“But good and bad, but.”', options)).toEqual([2, -2])
  })

  test('a negation before it does not reach behind it', () => {
    expect(weightsOf(weights, 'not bad but good', options)).toEqual([0.5, 3])
    expect(weightsOf(weights, 'a plot, but not good', options)).toEqual([-1.5])
  })

  test('a contrasting word inside a longer term contrasts nothing', () => {
    const phrases = { ...weights, 'last but not least': 1 }
    expect(weightsOf(phrases, 'good, last but not least good', options)).toEqual([2, 1, 2])
  })

  test('sums and matches tell the same', () => {
    const pack = packOf({ lexicons: [lexicon('l', weights, options)] })
    const [evidence] = compilePack(pack, ['negative', 'positive'], {}).read(row('good but bad'))
    expect(evidence?.matches.map(({ weight }) => weight)).toEqual([1, -3])
    expect(evidence?.matches.map(({ contrasted }) => contrasted)).toEqual([true, true])
    expect(evidence?.sums?.map(({ sum }) => sum)).toEqual([-2, 2])
    expect(evidence?.vote).toBe(0)
  })
})

describe('scores', () => {
  test('a valence squashes its sum into one score for each side', () => {
    const pack = packOf({ lexicons: [lexicon('l', { good: 3, bad: -1 })] })
    const [evidence] = compilePack(pack, labels, {}).read(row('good, not bad'))
    expect(evidence?.scores).toEqual([-Math.tanh(0.5), Math.tanh(0.5)])
    expect(evidence?.vote).toBe(1)
  })

  test('a sum of zero speaks but does not vote', () => {
    const pack = packOf({ lexicons: [lexicon('l', { good: 1, bad: -1 })] })
    const [evidence] = compilePack(pack, labels, {}).read(row('good and bad'))
    expect(evidence).toMatchObject({ vote: -1 })
    expect(evidence?.matches).toHaveLength(2)
  })

  test('labels sum by themselves; a tie abstains', () => {
    const topics = lexicon(
      'topics',
      [
        { term: 'goal', label: 'sport', weight: 2 },
        { term: 'vote', label: 'politics', weight: 2 },
        { term: 'match', label: 'sport', weight: 1 },
        { term: 'star', label: 'astronomy', weight: 9 },
      ],
      { valence: null },
    )
    const compiled = compilePack(packOf({ lexicons: [topics] }), ['politics', 'sport'], {})
    const [both] = compiled.read(row('goal, vote, match, star'))
    expect(both?.scores).toEqual([Math.tanh(0.5), Math.tanh(0.75)])
    expect(both?.vote).toBe(1)
    expect(compiled.read(row('goal vote'))[0]?.vote).toBe(-1)
    expect(compiled.read(row('star'))).toEqual([])
  })

  test('both texts of a pair are read', () => {
    const pack = packOf({ lexicons: [lexicon('l', { good: 1 })] })
    const [evidence] = compilePack(pack, labels, {}).read(row('good', {}, 'also good'))
    expect(evidence?.matches.map(({ field, start }) => [field, start])).toEqual([
      ['text', 0],
      ['pair', 5],
    ])
    expect(evidence?.scores[1]).toBeCloseTo(Math.tanh(0.5))
  })
})

test('offsets give back the term in any text, and nothing overlaps', () => {
  const random = createRandom(23)
  const terms = ['good', 'straße', 'isi', "don't", ':)', '<3', '!!', '好', '不好', 'λόγος', '👍']
  for (let round = 0; round < 300; round += 1) {
    const made = Array.from({ length: 1 + random.below(5) }, () => randomText(random, 3).trim())
    const weights = Object.fromEntries([...terms, ...made].map((term) => [term, 1]))
    const text = `${randomText(random)}${terms[random.below(terms.length)] ?? ''}${randomText(random)}`
    let before = 0
    for (const { term, start, end } of matchesOf(weights, text, { negation })) {
      expect(start).toBeGreaterThanOrEqual(before)
      before = end
      const plain = (part: string): string =>
        foldWord(part)
          .replace(/[\s\p{Z}\p{Cc}\p{Cf}]+/gu, ' ')
          .trim()
      expect(plain(text.slice(start, end))).toBe(plain(term))
    }
  }
})
