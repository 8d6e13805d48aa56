/** Numbers, sizes and times as the interface shows them; the locale is that of the language. */
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Bytes in binary units with three significant digits: `1.21 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0
  return `${value.toFixed(digits)} ${units[unit] ?? 'B'}`
}

/** Seconds as `0.4 s`, `12 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** A whole number with thousands separated by thin spaces. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\u202f')
}

/** A number in at most `digits` significant digits, without trailing zeros. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size >= 1e5) return formatCount(value)
  if (size !== 0 && size < 1e-3) return value.toExponential(2).replace('e-', 'e−')
  return String(Number(value.toPrecision(digits))).replace('-', '−')
}

export const formatPercent = (share: number, digits = 1): string =>
  `${(share * 100).toFixed(digits)}%`

const shares = /(^|\.)(accuracy|precision|recall|f1|macroF1|microF1|subsetAccuracy)/

/** A metric as its kind is read: accuracy and the like with four digits, others as numbers. */
export function formatMetric(name: string, value: number): string {
  return shares.test(name) && Number.isFinite(value) ? value.toFixed(4) : formatNumber(value)
}

/** A difference with its sign: `+0.0123`, `−0.5`, `0`. */
export function formatDelta(name: string, value: number): string {
  const text = formatMetric(name, Math.abs(value))
  if (Number(text) === 0) return '0'
  return value > 0 ? `+${text}` : `−${text}`
}

export const formatRate = (perSecond: number, unit: string): string =>
  `${perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1)} ${unit}/s`

/** Parameters as `22.7 M`. */
export function formatParameters(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} B`
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`
  if (count >= 1e3) return `${(count / 1e3).toFixed(1)} k`
  return String(count)
}
