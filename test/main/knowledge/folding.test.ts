import { expect, test } from 'vitest'
import { foldCase, foldMarks, foldWord } from '../../../src/main/knowledge/folding'
import { createRandom } from '../../../src/main/platform/random'
import { randomText } from './random-text'

test('case folding is full', () => {
  expect(foldWord('Straße')).toBe(foldWord('STRASSE'))
  expect(foldWord('STRAẞE')).toBe('strasse')
  expect(foldWord('ΛΌΓΟΣ')).toBe(foldWord('λόγος'))
  expect(foldWord('ﬁne')).toBe('fine')
})

test('the dotless ı stays another letter than i', () => {
  expect(foldWord('ısı')).toBe('ısı')
  expect(foldWord('ISI')).toBe('isi')
  expect(foldWord('İ')).toBe('i\u0307')
})

test('composed and decomposed letters, apostrophes, hyphens and skin tones are one', () => {
  expect(foldWord('CAFE\u0301')).toBe('café')
  expect(foldWord('don’t')).toBe("don't")
  expect(foldMarks('well‑made')).toBe('well-made')
  expect(foldWord('👍🏽')).toBe('👍')
  expect(foldWord('❤\ufe0f')).toBe('❤')
  expect(foldWord('co\u00adop')).toBe('coop')
})

test('marks alone keep the case', () => {
  expect(foldMarks('CAFE\u0301')).toBe('CAFÉ')
})

test('folding again changes nothing, and texts fold piece by piece', () => {
  const random = createRandom(3)
  for (let round = 0; round < 600; round += 1) {
    const [a, b] = [randomText(random, 8), randomText(random, 8)]
    expect(foldWord(foldWord(a))).toBe(foldWord(a))
    // Halves of a surrogate pair are no texts of their own.
    if (/[\ud800-\udbff]$/.test(a)) continue
    expect(foldCase(a + b)).toBe(foldCase(a) + foldCase(b))
  }
})
