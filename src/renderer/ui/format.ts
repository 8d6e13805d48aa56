import { language, localeTag, t } from '../i18n'

/*
 * Numbers as a person reads them: honest precision, a unit, the language's own grouping. A missing
 * value is a dash, never an empty cell.
 */

export const missing = '–'

const formats = new Map<string, Intl.NumberFormat>()

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${localeTag()} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.NumberFormat(localeTag(), options)
  formats.set(key, known)
  return known
}

const isMissing = (value: number | null | undefined): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value)

/** A whole number with grouping. */
export function formatCount(value: number | null | undefined): string {
  return isMissing(value) ? missing : numberFormat({ maximumFractionDigits: 0 }).format(value)
}

/** Significant digits; very small and very large values as powers of ten: 5e-5, 1.2e+9. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (isMissing(value)) return missing
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e')
    return `${String(Number(mantissa))}e${exponent.replace('+', '')}`.replace('-', '−')
  }
  return numberFormat({ maximumSignificantDigits: digits }).format(value).replace('-', '−')
}

const shares = /(^|\.)(accuracy|precision|recall|f1|macro\w+|micro\w+|subsetAccuracy|r2|pearson)$/

/** A metric as its kind is read: accuracy and the like to four decimals, others as numbers. */
export function formatMetric(name: string, value: number | null | undefined): string {
  if (isMissing(value) || !Number.isFinite(value) || !shares.test(name)) return formatNumber(value)
  return numberFormat({ minimumFractionDigits: 4, maximumFractionDigits: 4 })
    .format(value)
    .replace('-', '−')
}

/** A difference with its sign: `+0.0123`, `−0.5`, `0`. */
export function formatDelta(name: string, value: number | null | undefined): string {
  if (isMissing(value)) return missing
  const text = formatMetric(name, Math.abs(value))
  if (/^[0.]+$/.test(text)) return '0'
  return value > 0 ? `+${text}` : `−${text}`
}

/** A share between 0 and 1 as per cent. */
export function formatPercent(value: number | null | undefined, decimals = 1): string {
  if (isMissing(value)) return missing
  return numberFormat({
    style: 'percent',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value)
}

/** 22,713,728 as 22.7 M. */
export function formatParameters(value: number | null | undefined): string {
  if (isMissing(value)) return missing
  const steps = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const
  for (const [size, unit] of steps) {
    if (Math.abs(value) >= size) return `${threeDigits(value / size)} ${unit}`
  }
  return formatCount(value)
}

const threeDigits = (value: number): string =>
  numberFormat({ maximumSignificantDigits: value >= 100 ? 4 : 3 }).format(
    value >= 100 ? Math.round(value) : value,
  )

/** Bytes in decimal units, as disks are sold and file managers count. */
export function formatBytes(value: number | null | undefined): string {
  if (isMissing(value)) return missing
  const steps = [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const
  for (const [size, unit] of steps) {
    if (value >= size) return `${threeDigits(value / size)} ${unit}`
  }
  return `${formatCount(value)} B`
}

/** Two units at most: 340 ms, 42 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function formatDuration(seconds: number | null | undefined): string {
  if (isMissing(seconds) || !Number.isFinite(seconds)) return missing
  const positive = Math.max(0, seconds)
  if (positive < 1) return t('duration.ms', { n: Math.round(positive * 1000) })
  const whole = Math.round(positive)
  if (positive < 10 && positive !== whole) return t('duration.s', { n: positive.toFixed(1) })
  if (whole < 60) return t('duration.s', { n: whole })
  if (whole < 600 && whole % 60 > 0) {
    return t('duration.ms2', { m: Math.floor(whole / 60), s: whole % 60 })
  }
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return t('duration.m', { m: minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return t('duration.h', { h: hours, m: minutes % 60 })
  return t('duration.d', { d: Math.floor(hours / 24), h: hours % 24 })
}

/** So many units a second: `30.4 rows/s`. */
export function formatRate(perSecond: number | null | undefined, unit: string): string {
  if (isMissing(perSecond)) return missing
  return t('ui.perSecond', { value: formatNumber(perSecond, 3), unit })
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** Making a format takes longer than using it a hundred times, and tables show many moments. */
const relativeFormats = new Map<string, Intl.RelativeTimeFormat>()
const momentFormats = new Map<string, Intl.DateTimeFormat>()

function relativeFormat(tag: string): Intl.RelativeTimeFormat {
  const known = relativeFormats.get(tag) ?? new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })
  relativeFormats.set(tag, known)
  return known
}

function momentFormat(tag: string, dateStyle: 'long' | 'medium'): Intl.DateTimeFormat {
  const known =
    momentFormats.get(tag) ?? new Intl.DateTimeFormat(tag, { dateStyle, timeStyle: 'medium' })
  momentFormats.set(tag, known)
  return known
}

/** "3 minutes ago"; the moment itself belongs in a tooltip (formatMoment). */
export function formatRelative(time: number, now: number): string {
  const seconds = (time - now) / 1000
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) < size) continue
    return relativeFormat(localeTag()).format(Math.trunc(seconds / size), unit)
  }
  return t('time.justNow')
}

/** Date and time to the second, in the machine's time zone. */
export function formatMoment(time: number): string {
  return momentFormat(localeTag(), language() === 'zh' ? 'long' : 'medium').format(time)
}

/** A share of a total, safe for an empty total. */
export const shareOf = (part: number, total: number): number => (total === 0 ? 0 : part / total)
