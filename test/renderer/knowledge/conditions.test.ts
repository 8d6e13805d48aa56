import type { Condition } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import {
  asKind,
  conditionKinds,
  emptyCondition,
  isComplete,
  withChild,
  withTerm,
} from '../../../src/renderer/knowledge/conditions'

const refund: Condition = { kind: 'contains', term: 'refund', match: 'word' }
const late: Condition = { kind: 'contains', term: 'late', match: 'word' }

describe('a condition that becomes another kind', () => {
  it('keeps its text', () => {
    expect(asKind(refund, 'regex')).toEqual({ kind: 'regex', pattern: 'refund' })
    expect(asKind(refund, 'count')).toMatchObject({ term: 'refund' })
    expect(asKind(refund, 'near')).toMatchObject({ first: 'refund' })
  })

  it('goes into a group, and comes out of a group of one', () => {
    const group = asKind(refund, 'all')
    expect(group).toEqual({ kind: 'all', conditions: [refund] })
    expect(asKind(group, 'contains')).toEqual(refund)
    expect(asKind(refund, 'not')).toEqual({ kind: 'not', condition: refund })
  })

  it('keeps all that a group holds', () => {
    const any: Condition = { kind: 'any', conditions: [refund, late] }
    expect(asKind(any, 'all')).toEqual({ kind: 'all', conditions: [refund, late] })
    expect(asKind(any, 'not')).toEqual({ kind: 'not', condition: any })
  })

  it('can become every kind from every kind', () => {
    for (const from of conditionKinds) {
      for (const to of conditionKinds) {
        expect(asKind(emptyCondition(from, 'x'), to).kind).toBe(to)
      }
    }
  })
})

describe('a group', () => {
  const group: Condition = { kind: 'any', conditions: [refund, late] }

  it('changes and loses what it holds', () => {
    expect(withChild(group, 1, refund)).toEqual({ kind: 'any', conditions: [refund, refund] })
    expect(withChild(group, 0, null)).toEqual({ kind: 'any', conditions: [late] })
  })

  it('is gone with the last one', () => {
    expect(withChild({ kind: 'all', conditions: [refund] }, 0, null)).toBeNull()
    expect(withChild({ kind: 'not', condition: refund }, 0, null)).toBeNull()
  })
})

describe('a term', () => {
  it('of several words is found as a phrase, unless something else was chosen', () => {
    expect(withTerm({ kind: 'contains', term: 'money', match: 'word' }, 'money back')).toEqual({
      kind: 'contains',
      term: 'money back',
      match: 'phrase',
    })
    expect(withTerm({ kind: 'contains', term: 'money', match: 'stem' }, 'money b')).toMatchObject({
      match: 'stem',
    })
  })
})

describe('a condition', () => {
  it('is complete once nothing in it is empty', () => {
    expect(isComplete(refund)).toBe(true)
    expect(isComplete(emptyCondition('contains'))).toBe(false)
    expect(isComplete({ kind: 'all', conditions: [refund, emptyCondition('regex')] })).toBe(false)
    expect(isComplete({ kind: 'near', first: 'a', second: '', within: 3 })).toBe(false)
    expect(
      isComplete({ kind: 'column', column: 'stars', equals: null, atLeast: 5, atMost: null }),
    ).toBe(true)
    expect(isComplete({ kind: 'length', unit: 'words', atLeast: null, atMost: null })).toBe(false)
  })
})
