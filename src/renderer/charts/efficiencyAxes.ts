import type { EfficiencyFigure } from './efficiencyFigure'
import { line, type Measures } from './frame'
import type { Shape } from './scene'
import { axisLabels } from './sceneText'
import { ticks } from './svg'

export interface Plot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface Scale<T> {
  readonly at: (value: T) => number
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
}

/** Logarithmic; all rows stand one usual step beyond the greatest number. */
export function xScale({ lines, allLabel }: EfficiencyFigure, plot: Plot): Scale<number | null> {
  const tried = new Set(lines.flatMap(({ points }) => points.map(({ labels }) => labels)))
  const numbers = [...tried].filter((labels) => labels !== null).sort((a, b) => a - b)
  const [first = 1] = numbers
  const last = numbers.at(-1) ?? first
  const step = numbers.length < 2 ? 1 : Math.log(last / first) / (numbers.length - 1)
  const end = Math.log(last) + (tried.has(null) && numbers.length > 0 ? step : 0)
  const start = Math.log(first)
  const inset = (plot.right - plot.left) * 0.05
  const span = end - start
  const at = (labels: number | null): number => {
    const share = span === 0 ? 0.5 : ((labels === null ? end : Math.log(labels)) - start) / span
    return plot.left + inset + share * (plot.right - plot.left - 2 * inset)
  }
  const marks = numbers.map((labels) => ({ at: at(labels), label: String(labels) }))
  return { at, ticks: tried.has(null) ? [...marks, { at: at(null), label: allLabel }] : marks }
}

export function yScale({ lines, connector }: EfficiencyFigure, plot: Plot): Scale<number> {
  const values = lines.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]))
  if (connector !== null) values.push(connector.value)
  const least = Math.min(...values)
  const most = Math.max(...values)
  const room = values.length === 0 ? 0.5 : Math.max((most - least) * 0.06, 1e-3)
  const [low, high] = values.length === 0 ? [0, 1] : [least - room, most + room]
  const at = (value: number): number =>
    plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top)
  const marks = ticks([low, high], 7)
  const labels = axisLabels(marks)
  return {
    at,
    ticks: marks.map((value, index) => ({ at: at(value), label: labels[index] ?? '' })),
  }
}

export function axes(
  { xLabel, yLabel }: EfficiencyFigure,
  { left, right, top, bottom }: Plot,
  x: Scale<number | null>,
  y: Scale<number>,
  { unit, small, text }: Measures,
): readonly Shape[] {
  const label = { size: small, ink: 'muted' } as const
  return [
    ...y.ticks.flatMap(({ at, label: content }): readonly Shape[] => [
      line({ x: left, y: at }, { x: right, y: at }, { ink: 'hairline', width: 1 }),
      {
        kind: 'text',
        at: { x: left - 8 * unit, y: at + small * 0.36 },
        text: content,
        anchor: 'end',
        ...label,
      },
    ]),
    line({ x: left, y: bottom }, { x: right, y: bottom }, { ink: 'muted', width: 1 }),
    ...x.ticks.flatMap(({ at, label: content }): readonly Shape[] => [
      line({ x: at, y: bottom }, { x: at, y: bottom + 5 * unit }, { ink: 'muted', width: 1 }),
      {
        kind: 'text',
        at: { x: at, y: bottom + 19 * unit },
        text: content,
        anchor: 'middle',
        ...label,
      },
    ]),
    {
      kind: 'text',
      at: { x: (left + right) / 2, y: bottom + 39 * unit },
      text: xLabel,
      size: text,
      ink: 'ink',
      anchor: 'middle',
    },
    {
      kind: 'text',
      at: { x: 20 * unit, y: (top + bottom) / 2 },
      text: yLabel,
      size: text,
      ink: 'ink',
      anchor: 'middle',
      turn: -90,
    },
  ]
}
