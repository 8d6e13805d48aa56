import { afterEach, describe, expect, it } from 'vitest'
import { setLanguage } from '../../../src/renderer/i18n'
import {
  formatBytes,
  formatCount,
  formatDelta,
  formatDuration,
  formatMetric,
  formatNumber,
  formatParameters,
  formatPercent,
  formatRate,
  formatRelative,
} from '../../../src/renderer/ui/format'

afterEach(() => {
  setLanguage('en')
})

describe('numbers', () => {
  it('are grouped, and a missing one is a dash', () => {
    expect(formatCount(1234567)).toBe('1,234,567')
    expect(formatCount(null)).toBe('–')
    expect(formatNumber(Number.NaN)).toBe('–')
  })

  it('keep significant digits, and powers of ten where they are very small or large', () => {
    expect(formatNumber(0.123456)).toBe('0.1235')
    expect(formatNumber(5e-5)).toBe('5e−5')
    expect(formatNumber(-0.5)).toBe('−0.5')
    expect(formatNumber(123456789)).toBe('1.235e8')
    expect(formatNumber(0)).toBe('0')
    expect(formatNumber(Number.POSITIVE_INFINITY)).toBe('∞')
  })

  it('shows metrics that are shares to four decimals and others by their digits', () => {
    expect(formatMetric('test.accuracy', 0.9)).toBe('0.9000')
    expect(formatMetric('test.macroF1', 1)).toBe('1.0000')
    expect(formatMetric('train.loss', 0.69314)).toBe('0.6931')
    expect(formatMetric('learningRate', 5e-5)).toBe('5e−5')
  })

  it('shows the sign of a difference, and none for no difference', () => {
    expect(formatDelta('test.accuracy', 0.0123)).toBe('+0.0123')
    expect(formatDelta('test.accuracy', -0.0123)).toBe('−0.0123')
    expect(formatDelta('test.accuracy', 0)).toBe('0')
    expect(formatDelta('test.accuracy', null)).toBe('–')
  })

  it('shortens parameters and rates', () => {
    expect(formatParameters(22713728)).toBe('22.7 M')
    expect(formatParameters(110e6)).toBe('110 M')
    expect(formatParameters(770)).toBe('770')
    expect(formatRate(30.44, 'rows')).toBe('30.4 rows/s')
    expect(formatPercent(0.505)).toBe('50.5%')
  })
})

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [22_700_000, '22.7 MB'],
    [999_000_000, '999 MB'],
    [1_474_000_000, '1.47 GB'],
  ])('of %i bytes read %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('durations', () => {
  it.each([
    [0.04, '40 ms'],
    [3.24, '3.2 s'],
    [9, '9 s'],
    [59.4, '59 s'],
    [200, '3 min 20 s'],
    [120, '2 min'],
    [2520, '42 min'],
    [3599, '1 h 0 min'],
    [7500, '2 h 5 min'],
    [100_000, '1 d 3 h'],
  ])('of %d seconds read %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  it('speak the language of the interface', () => {
    setLanguage('zh')
    expect(formatDuration(200)).toBe('3 分 20 秒')
  })
})

describe('times', () => {
  const now = Date.UTC(2025, 0, 10, 12)

  it.each([
    [now - 20_000, 'just now'],
    [now - 3 * 60_000, '3 minutes ago'],
    [now - 26 * 3_600_000, 'yesterday'],
    [now + 2 * 3_600_000, 'in 2 hours'],
  ])('are told relative to now', (time, text) => {
    expect(formatRelative(time, now)).toBe(text)
  })
})
