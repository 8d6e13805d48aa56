import { describe, expect, it } from 'vitest'
import {
  freeName,
  insertAt,
  moveBy,
  removeAt,
  replaceAt,
} from '../../../src/renderer/knowledge/lists'

const list = ['a', 'b', 'c']

describe('an edit of a list', () => {
  it('replaces, inserts, removes and moves', () => {
    expect(replaceAt(list, 1, 'x')).toEqual(['a', 'x', 'c'])
    expect(insertAt(list, 1, ['x', 'y'])).toEqual(['a', 'x', 'y', 'b', 'c'])
    expect(removeAt(list, [0, 2])).toEqual(['b'])
    expect(moveBy(list, 2, -1)).toEqual(['a', 'c', 'b'])
    expect(moveBy(list, 0, 1)).toEqual(['b', 'a', 'c'])
  })

  it('gives the same list where nothing changes', () => {
    expect(replaceAt(list, 1, 'b')).toBe(list)
    expect(replaceAt(list, 7, 'x')).toBe(list)
    expect(insertAt(list, 1, [])).toBe(list)
    expect(removeAt(list, [9])).toBe(list)
    expect(moveBy(list, 0, -1)).toBe(list)
    expect(moveBy(list, 2, 1)).toBe(list)
  })
})

describe('a free name', () => {
  it('is the wish, or the wish with the first number that is free', () => {
    expect(freeName('rule', [])).toBe('rule')
    expect(freeName('rule', ['rule'])).toBe('rule-2')
    expect(freeName('rule', ['rule', 'rule-2', 'rule-3'])).toBe('rule-4')
  })
})
