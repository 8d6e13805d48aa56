import { describe, expect, it } from 'vitest'
import { bestStart, contenders } from '../../../../src/main/trainer/knowledge/contenders'
import type { PackLesson } from '../../../../src/main/trainer/knowledge/lessons'
import type { Start } from '../../../../src/main/trainer/knowledge/starts'
import { startOf, y } from './trials'

const after = (name: string, probability: number, ...lessons: readonly PackLesson[]): Start => ({
  ...startOf(name, false, probability),
  lessons,
})

const plain = after('plain', 0.6)
const words = after('words', 0.62, 'words')
const wordsHalf = after('words, half way', 0.65, 'words')
const weak = after('weak', 0.7, 'words', 'weak')
const starts = [plain, words, wordsHalf, weak]

const rows = (count: number) => ({ rows: new Int32Array(count), y: new Int32Array(count) })
const tried = (all: readonly Start[], best: Start, count: number) =>
  contenders(all, best, rows(count)).map(({ name }) => name)

describe('starts that are tried', () => {
  it('are the best alone with few rows, or where the pack taught nothing of use', () => {
    expect(tried(starts, weak, 31)).toEqual(['weak'])
    expect(tried(starts, plain, 64)).toEqual(['plain'])
  })

  it('are the best of each lesson with more rows', () => {
    expect(tried(starts, weak, 64)).toEqual(['words, half way', 'weak'])
  })

  it('are the model without a pack and what has a better head, with enough rows', () => {
    expect(tried(starts, weak, 256)).toEqual(['plain', 'words, half way', 'weak'])
    const worse = [plain, after('words', 0.55, 'words'), weak]
    expect(tried(worse, weak, 256)).toEqual(['plain', 'weak'])
    expect(tried([plain, after('words', 0.55, 'words')], plain, 256)).toEqual(['plain'])
  })

  it('are what the recipe taught, where that is all there is', () => {
    const listed = after('words', 0.6, 'words')
    expect(tried([listed], listed, 16)).toEqual(['words'])
    expect(tried([listed], listed, 256)).toEqual(['words'])
  })
})

describe('the best start', () => {
  const labelled = { rows: y, y }

  it('has the head with the least loss', () => {
    expect(bestStart([plain, words, weak], labelled, 2, false)).toBe(weak)
    expect(bestStart([after('plain', 0.7), words], labelled, 2, false).name).toBe('plain')
  })

  it('is one that the pack taught where few rows speak, unless it is clearly worse', () => {
    // By less than a standard error of the difference, then by more.
    const spread = startOf('plain', false, 0.6)
    const near = after('words', 0.6, 'words')
    expect(bestStart([spread, near], labelled, 2, true)).toBe(near)
    expect(bestStart([after('plain', 0.8), near], labelled, 2, true).name).toBe('plain')
  })
})
