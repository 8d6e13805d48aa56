import uPlot from 'uplot'
import type { Curve } from './curves'
import { align, smooth } from './curves'

export interface PlotLook {
  readonly ink: string
  readonly muted: string
  readonly hairline: string
  readonly theme: 'light' | 'dark'
}

export interface PlotOptions {
  readonly width: number
  readonly height: number
  readonly smoothing: number
  readonly logX: boolean
  readonly logY: boolean
  readonly look: PlotLook
  /** Called with the range that was dragged open; with null on a double click. */
  readonly onRange: (range: readonly [from: number, to: number] | null) => void
  /** Called with the index under the cursor, null when it left. */
  readonly onCursor: (index: number | null) => void
  readonly syncKey: string | null
}

/** Columns in the order that `plotSeries` declares: a faint raw line below each smoothed one. */
export function plotData(curves: readonly Curve[], smoothing: number): uPlot.AlignedData {
  const lines = curves.flatMap((curve) =>
    smoothing > 0 ? [curve, { x: curve.x, y: smooth(curve.y, smoothing) }] : [curve],
  )
  const { x, columns } = align(lines)
  return [x, ...columns.map((column) => [...column])] as uPlot.AlignedData
}

function plotSeries(curves: readonly Curve[], smoothing: number, look: PlotLook): uPlot.Series[] {
  const lines = curves.flatMap((curve): uPlot.Series[] => {
    const stroke = curve.style[look.theme]
    const main: uPlot.Series = {
      label: curve.label,
      stroke,
      width: 1.5,
      dash: [...curve.style.dash],
      spanGaps: true,
      points: { show: curve.x.length < 30, size: 5, fill: stroke, width: 0 },
    }
    return smoothing > 0
      ? [
          {
            ...main,
            label: `${curve.label} (raw)`,
            alpha: 0.25,
            width: 1,
            points: { show: false },
          },
          main,
        ]
      : [main]
  })
  return [{}, ...lines]
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
      splits.map((value) => (value === null ? '' : shortNumber(value, log))),
  }
}

/** A value in at most four significant digits, with k and M above a thousand. */
export function shortNumber(value: number, log = false): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || (log && size < 1e-2))) return value.toExponential(0)
  if (size >= 1e6) return `${trim(value / 1e6)}M`
  if (size >= 1e4) return `${trim(value / 1e3)}k`
  return trim(value)
}

const trim = (value: number): string => String(Number(value.toPrecision(4)))

/** Makes the chart in `target`; the caller destroys it. */
export function createPlot(
  target: HTMLElement,
  curves: readonly Curve[],
  options: PlotOptions,
): uPlot {
  const { look, logX, logY, syncKey } = options
  const plot = new uPlot(
    {
      width: options.width,
      height: options.height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: {
        points: { size: 6 },
        drag: { x: true, y: false, uni: 10 },
        ...(syncKey === null ? {} : { sync: { key: syncKey } }),
      },
      scales: {
        x: { time: false, distr: logX ? 3 : 1 },
        y: { distr: logY ? 3 : 1 },
      },
      axes: [plotAxis(look, logX, 28), plotAxis(look, logY, 52)],
      series: plotSeries(curves, options.smoothing, look),
      hooks: {
        setCursor: [
          (self) => {
            options.onCursor(self.cursor.idx ?? null)
          },
        ],
        setSelect: [
          (self) => {
            if (self.select.width < 8) return
            options.onRange([
              self.posToVal(self.select.left, 'x'),
              self.posToVal(self.select.left + self.select.width, 'x'),
            ])
          },
        ],
      },
    },
    plotData(curves, options.smoothing),
    target,
  )
  plot.over.addEventListener('dblclick', () => {
    options.onRange(null)
  })
  return plot
}
