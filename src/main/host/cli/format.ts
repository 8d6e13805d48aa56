import stringWidth from 'string-width'

/** Numbers and times as people read them. */

export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 90) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** Counts with separators: 22,713,216. */
export const formatCount = (count: number): string => count.toLocaleString('en-US')

/** A metric: four significant digits are what a test of some thousand rows can carry. */
export function formatMetric(value: number): string {
  if (Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return size >= 1e-3 && size < 1e5 ? String(Number(value.toPrecision(4))) : value.toExponential(2)
}

export const formatDelta = (value: number): string =>
  `${value < 0 ? '−' : '+'}${formatMetric(Math.abs(value))}`

/** A moment in local time: 2026-03-01 14:05. */
export function formatTime(timestamp: number): string {
  const date = new Date(timestamp - new Date(timestamp).getTimezoneOffset() * 60_000)
  return date.toISOString().slice(0, 16).replace('T', ' ')
}

/** A value of a recipe as it would be written in YAML's flow style. */
export const formatValue = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '–')

/** Columns of a terminal that a text takes: a Chinese character takes two. */
export const columnsOf = (text: string): number => stringWidth(text)

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A text cut to `width` columns. */
export function shorten(text: string, width: number): string {
  if (columnsOf(text) <= width) return text
  let cut = ''
  let columns = 1
  for (const { segment } of characters.segment(text)) {
    columns += columnsOf(segment)
    if (columns > width) break
    cut += segment
  }
  return `${cut}…`
}
