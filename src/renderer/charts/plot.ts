import uPlot from 'uplot'
import type { Curve } from './curves'
import { align, smooth } from './curves'

export interface PlotLook {
  readonly muted: string
  readonly hairline: string
  readonly theme: 'light' | 'dark'
}

export type Range = readonly [from: number, to: number]

export interface PlotOptions {
  readonly width: number
  readonly height: number
  readonly smoothing: number
  readonly logX: boolean
  readonly logY: boolean
  readonly look: PlotLook
  /** The part of the x axis that is shown; null: all of it. Asked at every drawing. */
  readonly range: () => Range | null
  /** Called with the range that was dragged open; with null on a double click. */
  readonly onRange: (range: Range | null) => void
  /** Called with the index under the cursor, null when it left. */
  readonly onCursor: (index: number | null) => void
  readonly syncKey: string | null
}

/** One line of the plot: what it is drawn from, and how. */
interface Line {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly series: uPlot.Series
}

const isBanded = (curve: Curve, smoothing: number): boolean =>
  curve.low !== undefined && curve.high !== undefined && !isSmoothed(curve, smoothing)

const isSmoothed = (curve: Curve, smoothing: number): boolean =>
  smoothing > 0 && curve.sparse !== true && curve.exact !== true

/** A faint raw line below a smoothed one; the edges of the band where points stand for many. */
function linesOf(curve: Curve, smoothing: number, theme: 'light' | 'dark'): readonly Line[] {
  const { x, y, low = [], high = [] } = curve
  const stroke = curve.style[theme]
  const dots = curve.sparse === true || x.length < 3
  const main: uPlot.Series = {
    label: curve.label,
    stroke,
    width: 1.5,
    dash: [...curve.style.dash],
    spanGaps: true,
    points: { show: dots, size: 6, fill: stroke, width: 0 },
  }
  const quiet: uPlot.Series = { ...main, points: { show: false } }
  if (isSmoothed(curve, smoothing)) {
    const raw: uPlot.Series = { ...quiet, alpha: 0.28, width: 1, dash: [] }
    return [
      { x, y, series: raw },
      { x, y: smooth(y, smoothing), series: quiet },
    ]
  }
  if (!isBanded(curve, smoothing)) return [{ x, y, series: main }]
  const edge: uPlot.Series = { ...quiet, stroke: 'transparent', width: 0 }
  return [
    { x, y: high, series: edge },
    { x, y: low, series: edge },
    { x, y, series: main },
  ]
}

type Drawing = Pick<PlotOptions, 'smoothing' | 'logX' | 'logY'>

/** Columns in the order that the plot declares; a logarithm leaves out what is not above 0. */
export function plotData(curves: readonly Curve[], drawing: Drawing): uPlot.AlignedData {
  const positive = (values: readonly number[], log: boolean): readonly number[] =>
    log ? values.map((value) => (value > 0 ? value : Number.NaN)) : values
  const lines = curves
    .flatMap((curve) => linesOf(curve, drawing.smoothing, 'light'))
    .map(({ x, y }) => ({ x, y: positive(y, drawing.logY) }))
  const aligned = align(drawing.logX ? lines.map(withoutNonPositiveX) : lines)
  return [[...aligned.x], ...aligned.columns.map((column) => [...column])]
}

function withoutNonPositiveX<T extends Pick<Line, 'x' | 'y'>>({ x, y }: T): Pick<Line, 'x' | 'y'> {
  const from = x.findIndex((value) => value > 0)
  return from < 0 ? { x: [], y: [] } : { x: x.slice(from), y: y.slice(from) }
}

function bandsOf(
  curves: readonly Curve[],
  smoothing: number,
  theme: 'light' | 'dark',
): uPlot.Band[] {
  let next = 1
  return curves.flatMap((curve): uPlot.Band[] => {
    const first = next
    next += linesOf(curve, smoothing, theme).length
    if (!isBanded(curve, smoothing)) return []
    return [{ series: [first, first + 1], fill: `${curve.style[theme]}26` }]
  })
}

const font = '11px "Inter Variable", Inter, system-ui, sans-serif'

function plotAxis(look: PlotLook, log: boolean, size: number): uPlot.Axis {
  return {
    stroke: look.muted,
    font,
    size,
    gap: 6,
    grid: { stroke: look.hairline, width: 1 },
    ticks: { show: false },
    values: (_plot, splits) =>
      splits.map((value: number | null) => (value === null ? '' : shortNumber(value, log))),
  }
}

/** A value in at most four significant digits, with k and M above a thousand. */
export function shortNumber(value: number, log = false): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || (log && size < 1e-2)))
    return trimExponent(value.toExponential(2))
  if (size >= 1e9) return `${trim(value / 1e9)}G`
  if (size >= 1e6) return `${trim(value / 1e6)}M`
  if (size >= 1e4) return `${trim(value / 1e3)}k`
  return trim(value)
}

const trim = (value: number): string => String(Number(value.toPrecision(4))).replace('-', '−')
const trimExponent = (text: string): string => text.replace(/\.?0+e/, 'e').replaceAll('-', '−')

/** Makes the chart in `target`; the caller destroys it. */
export function createPlot(
  target: HTMLElement,
  curves: readonly Curve[],
  options: PlotOptions,
): uPlot {
  const { look, logX, logY, smoothing } = options
  const lines = curves.flatMap((curve) => linesOf(curve, smoothing, look.theme))
  const plot = new uPlot(
    {
      width: options.width,
      height: options.height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: cursorOf(options.syncKey),
      scales: {
        x: {
          time: false,
          distr: logX ? 3 : 1,
          range: (_plot: uPlot, low: number, high: number): uPlot.Range.MinMax => {
            const [from, to] = options.range() ?? spread(low, high)
            return [from, to]
          },
        },
        y: { distr: logY ? 3 : 1 },
      },
      axes: [plotAxis(look, logX, 28), plotAxis(look, logY, 52)],
      series: [{}, ...lines.map((line) => line.series)],
      bands: bandsOf(curves, smoothing, look.theme),
      hooks: {
        setCursor: [
          (self: uPlot) => {
            options.onCursor(self.cursor.idx ?? null)
          },
        ],
        setSelect: [
          (self: uPlot) => {
            const { left, width } = self.select
            if (width < 8) return
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            options.onRange([self.posToVal(left, 'x'), self.posToVal(left + width, 'x')])
          },
        ],
      },
    },
    plotData(curves, options),
    target,
  )
  plot.over.addEventListener('dblclick', () => {
    options.onRange(null)
  })
  return plot
}

/** A single point gets room on both sides. */
const spread = (low: number, high: number): Range =>
  low === high ? [low - 1, high + 1] : [low, high]

/** The cursor is shared between charts, the dragging is not. */
function cursorOf(syncKey: string | null): uPlot.Cursor {
  const cursor: uPlot.Cursor = {
    points: { size: 7 },
    drag: { x: true, y: false, setScale: false, dist: 6 },
    y: false,
  }
  if (syncKey === null) return cursor
  const follows = (type: string): boolean => type === 'mousemove' || type === 'mouseleave'
  return { ...cursor, sync: { key: syncKey, filters: { pub: follows, sub: follows } } }
}
