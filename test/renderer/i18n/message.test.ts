import { describe, expect, it } from 'vitest'
import { formatMessage, placeholders } from '../../../src/renderer/i18n/message'

describe('a message', () => {
  it('puts its parameters in and groups numbers as the language does', () => {
    expect(formatMessage('{done} of {total}', 'en-GB', { done: 1200, total: 'all' })).toBe(
      '1,200 of all',
    )
    expect(formatMessage('{count}', 'de-DE', { count: 1200 })).toBe('1.200')
  })

  it('leaves a placeholder without a parameter as it is', () => {
    expect(formatMessage('{name} is gone', 'en-GB', {})).toBe('{name} is gone')
  })

  it('chooses the plural form by the count', () => {
    const rows = { zero: 'no rows', one: '{count} row', other: '{count} rows' }
    expect(formatMessage(rows, 'en-GB', { count: 0 })).toBe('no rows')
    expect(formatMessage(rows, 'en-GB', { count: 1 })).toBe('1 row')
    expect(formatMessage(rows, 'en-GB', { count: 2 })).toBe('2 rows')
    expect(formatMessage({ other: '{count} 行' }, 'zh-CN', { count: 1 })).toBe('1 行')
  })

  it('names each placeholder once', () => {
    expect(placeholders({ one: '{b} {a}', other: '{a} {count}' })).toEqual(['a', 'b', 'count'])
  })
})
