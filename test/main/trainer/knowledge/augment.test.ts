import { describe, expect, it } from 'vitest'
import type { Invariances } from '../../../../src/shared/domain'
import { createRandom } from '../../../../src/main/platform/random'
import { textChanger } from '../../../../src/main/trainer/knowledge/augment'

const none: Invariances = { text: [], swaps: [], images: [] }

/** What a text becomes under many seeds. */
function changes(text: string, allowed: Partial<Invariances>, seeds = 60): Set<string> {
  const change = textChanger({ ...none, ...allowed })
  if (change === undefined) return new Set()
  return new Set(Array.from({ length: seeds }, (_, seed) => change(text, createRandom(seed))))
}

describe('changes that must not matter', () => {
  it('of case are lower, upper and capitalised', () => {
    expect(changes('a New day', { text: ['case'] })).toEqual(
      new Set(['a new day', 'A NEW DAY', 'A New Day']),
    )
  })

  it('of digits keep the length of a number and its first digit from 0', () => {
    for (const text of changes('paid 120 of 0075, room 9', { text: ['digits'] })) {
      expect(text).toMatch(/^paid [1-9]\d\d of \d{4}, room [1-9]$/)
    }
    expect(changes('paid 120', { text: ['digits'] }).size).toBeGreaterThan(20)
  })

  it('of punctuation leave out marks at the ends of words, and nothing inside them', () => {
    const found = changes("Well-made, isn't it? It costs 3.50 (or so).", { text: ['punctuation'] })
    expect(found.size).toBeGreaterThan(5)
    for (const text of found) {
      expect(text.replace(/[,?().]/g, '')).toBe("Well-made isn't it It costs 350 or so")
      expect(text).toContain('3.50')
    }
    expect(found).toContain("Well-made isn't it It costs 3.50 or so")
  })

  it('of words swap whole words of a group, whatever their case, the longest first', () => {
    const swaps = [
      ['Anna', 'Bela', 'Mary Ann'],
      ['car', 'automobile'],
    ]
    const found = changes('anna drove the Car past Mary Ann; carpets', { swaps })
    for (const text of found) {
      expect(text).toMatch(/^(Bela|Mary Ann) drove the Automobile past (Anna|Bela); carpets$/)
    }
    expect(found.size).toBe(4)
  })

  it('take terms with signs of patterns as they are, in any alphabet', () => {
    expect(
      changes('Größe (cm) a.b ab', {
        swaps: [
          ['größe', 'Länge'],
          ['a.b', 'c'],
        ],
      }),
    ).toEqual(new Set(['Länge (cm) c ab']))
  })

  it('take words with hyphens, too', () => {
    expect(changes('a well-known face', { swaps: [['well-known', 'famous']] })).toEqual(
      new Set(['a famous face']),
    )
  })

  it('are at least one of those that are allowed, and at times several', () => {
    const found = changes('aNNa', { text: ['case'], swaps: [['aNNa', 'bELa']] })
    expect(found).toEqual(new Set(['anna', 'ANNA', 'ANNa', 'bELa', 'bela', 'BELA', 'BELa']))
  })

  it('are the same for the same seed', () => {
    const change = textChanger({ ...none, text: ['case', 'digits'] })
    const once = change?.('room 1408 is Cold', createRandom(7, 3, 2))
    expect(change?.('room 1408 is Cold', createRandom(7, 3, 2))).toBe(once)
  })

  it('are none where a pack allows none, or only groups of one word', () => {
    expect(textChanger({ ...none, images: ['flip'] })).toBeUndefined()
    expect(textChanger({ ...none, swaps: [['one'], ['', ' ']] })).toBeUndefined()
  })
})
