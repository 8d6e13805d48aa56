import { expect, test } from 'vitest'
import { HeldOutTexts } from '../../../src/main/knowledge/leakage'

function leaks(heldOut: readonly string[], text: string): readonly number[] {
  const texts = new HeldOutTexts()
  heldOut.forEach((each, row) => texts.add(each, row))
  const found = new Set<number>()
  texts.find(text, found)
  return [...found]
}

test('a text is found in a longer one, whatever its case, spaces and symbols', () => {
  const heldOut = ['The film was great!', 'the film was GREAT', 'the film was great fun']
  expect(leaks(heldOut, 'He said:\n"the  FILM was great", truly.')).toEqual([0, 1])
})

test('a text is not found in part of itself', () => {
  expect(leaks(['the film was really great'], 'the film was really')).toEqual([])
})

test('short texts may stand anywhere by chance', () => {
  expect(
    leaks(['great film indeed', 'a b c d', '很好看！'], 'great film indeed a b c d 很好看'),
  ).toEqual([])
  expect(leaks(['这部电影真的很好看'], '我说这部电影真的很好看。')).toEqual([0])
})
