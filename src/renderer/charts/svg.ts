import type { Curve } from './curves'

export interface SvgOptions {
  readonly width: number
  readonly height: number
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly logY: boolean
  readonly theme: 'light' | 'dark'
}

const margin = { left: 56, right: 16, top: 32, bottom: 40 }
const inks = {
  light: { paper: '#ffffff', ink: '#2b2926', hairline: '#dedad3' },
  dark: { paper: '#1b1a18', ink: '#e8e4dc', hairline: '#3a3733' },
} as const

/** The curves as a standalone SVG document, drawn from the same points as the screen. */
export function curvesToSvg(curves: readonly Curve[], options: SvgOptions): string {
  const { width, height, theme } = options
  const ink = inks[theme]
  const xs = extent(curves.flatMap((curve) => curve.x))
  const usable = (y: number): boolean => Number.isFinite(y) && (!options.logY || y > 0)
  const transform = options.logY ? Math.log10 : (y: number): number => y
  const ys = extent(curves.flatMap((curve) => curve.y.filter(usable).map(transform)))
  const toX = (x: number): number =>
    margin.left + scale(x, xs) * (width - margin.left - margin.right)
  const toY = (y: number): number =>
    height - margin.bottom - scale(transform(y), ys) * (height - margin.top - margin.bottom)
  const text = (x: number, y: number, anchor: string, content: string, size = 11): string =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" fill="${ink.ink}">${escape(content)}</text>`

  const xTicks = ticks(xs).map((t) => text(toX(t), height - margin.bottom + 16, 'middle', label(t)))
  const yTicks = ticks(ys).map((t) => {
    const y = height - margin.bottom - scale(t, ys) * (height - margin.top - margin.bottom)
    const line = `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y}" y2="${y}" stroke="${ink.hairline}"/>`
    return line + text(margin.left - 6, y + 4, 'end', label(options.logY ? 10 ** t : t))
  })
  const lines = curves.map((curve) => {
    const points = curve.x.flatMap((x, index) => {
      const y = curve.y[index]
      return y !== undefined && usable(y) ? [`${toX(x).toFixed(2)},${toY(y).toFixed(2)}`] : []
    })
    const dash =
      curve.style.dash.length > 0 ? ` stroke-dasharray="${curve.style.dash.join(' ')}"` : ''
    return `<polyline fill="none" stroke="${curve.style[theme]}" stroke-width="1.5"${dash} points="${points.join(' ')}"><title>${escape(curve.label)}</title></polyline>`
  })
  const legend = curves.map(
    (curve, index) =>
      `<rect x="${margin.left + index * 140}" y="${height - 12}" width="14" height="3" fill="${curve.style[theme]}"/>` +
      text(margin.left + 20 + index * 140, height - 7, 'start', curve.label.slice(0, 20)),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, system-ui, sans-serif">`,
    `<rect width="100%" height="100%" fill="${ink.paper}"/>`,
    text(margin.left, 20, 'start', options.title, 13),
    text(width - margin.right, 20, 'end', `${options.yLabel} / ${options.xLabel}`),
    ...yTicks,
    ...xTicks,
    ...lines,
    ...legend,
    '</svg>',
  ].join('\n')
}

type Extent = readonly [low: number, high: number]

function extent(values: readonly number[]): Extent {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low > high) return [0, 1]
  return low === high ? [low - 0.5, high + 0.5] : [low, high]
}

const scale = (value: number, [low, high]: Extent): number => (value - low) / (high - low)

/** About `count` round values within the extent. */
export function ticks([low, high]: Extent, count = 5): number[] {
  const raw = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step)
}

const label = (value: number): string => String(Number(value.toPrecision(4)))
const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
