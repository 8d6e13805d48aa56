import { expect, test } from 'vitest'
import { readWords, wordFlags } from '../../../src/main/knowledge/words'
import { createRandom } from '../../../src/main/platform/random'
import { randomText } from './random-text'

const wordsOf = (text: string): string[] => {
  const words: string[] = []
  readWords(text, (start, end) => words.push(text.slice(start, end)))
  return words
}

const flagged = (text: string, flag: number): string[] => {
  const words: string[] = []
  readWords(text, (start, end, flags) => {
    if ((flags & flag) !== 0) words.push(text.slice(start, end))
  })
  return words
}

test('apostrophes and hyphens stand inside words, a possessive s is a word of its own', () => {
  expect(wordsOf("I don't like the actor’s well-made film -- 'tis")).toEqual([
    ...['I', "don't", 'like', 'the', 'actor', '’s', 'well-made', 'film', '-', '-', "'", 'tis'],
  ])
})

test('numbers keep points and commas, sentences end with theirs', () => {
  expect(wordsOf('3.5 of 1,000. Yes!')).toEqual(['3.5', 'of', '1,000', '.', 'Yes', '!'])
  expect(flagged('3.5 of 1,000. Yes!', wordFlags.endsSentence)).toEqual(['.', '!'])
})

test('symbols are words of one character and do not count', () => {
  expect(wordsOf('great:) <3')).toEqual(['great', ':', ')', '<', '3'])
  expect(flagged("it's great:)", wordFlags.counts)).toEqual(['it', 'great'])
})

test('a web address is one word without the punctuation behind it', () => {
  expect(wordsOf('see http://a.b/c:d?e=f, or www.x.org.')).toEqual([
    ...['see', 'http://a.b/c:d?e=f', ',', 'or', 'www.x.org', '.'],
  ])
})

test('scripts without spaces give a word for each character, with its marks', () => {
  expect(wordsOf('我喜欢Netflix的アニメ')).toEqual([
    ...['我', '喜', '欢', 'Netflix', '的', 'ア', 'ニ', 'メ'],
  ])
  expect(wordsOf('ไม่')).toEqual(['ไ', 'ม่'])
})

test('combining marks and emoji sequences stay whole', () => {
  expect(wordsOf('cafe\u0301 👍🏽👩‍👩‍👧 ❤️')).toEqual(['cafe\u0301', '👍🏽', '👩‍👩‍👧', '❤️'])
})

test('an empty line begins a paragraph, a line end does not', () => {
  expect(flagged('a\nb\n\nc\r\n\r\nd', wordFlags.paragraph)).toEqual(['c', 'd'])
})

test('what does not show is no word', () => {
  expect(wordsOf('\ufeffa \u200b\u00ad \u2028 b')).toEqual(['a', 'b'])
  expect(wordsOf('')).toEqual([])
})

test('words of any text follow one another and leave out only what does not show', () => {
  const random = createRandom(11)
  for (let round = 0; round < 300; round += 1) {
    const text = randomText(random)
    let before = 0
    readWords(text, (start, end, flags) => {
      expect(start).toBeGreaterThanOrEqual(before)
      expect(end).toBeGreaterThan(start)
      const between = text.slice(before, start)
      expect(between).toMatch(/^[\s\p{Z}\p{Cc}\p{Cf}]*$/u)
      if (before > 0) expect((flags & wordFlags.gap) !== 0).toBe(between !== '')
      before = end
    })
    expect(text.slice(before)).toMatch(/^[\s\p{Z}\p{Cc}\p{Cf}]*$/u)
  }
})
