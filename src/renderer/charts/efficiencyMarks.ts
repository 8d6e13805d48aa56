import type { Plot } from './efficiencyAxes'
import type { Connector, EfficiencyLine } from './efficiencyFigure'
import { line, type Measures } from './frame'
import type { SeriesStyle } from './palette'
import type { Point, Shape } from './scene'
import { fitted, spread, wrapped } from './sceneText'

export interface PlacedPoint extends Point {
  readonly low: number
  readonly high: number
  readonly title: string
}

export interface PlacedLine {
  readonly label: string
  readonly style: SeriesStyle
  readonly banded: boolean
  readonly points: readonly PlacedPoint[]
}

/** Arms stand a little beside each other, so that no whisker hides another. */
export const place = (
  lines: readonly EfficiencyLine[],
  x: (labels: number | null) => number,
  y: (value: number) => number,
  beside: number,
): readonly PlacedLine[] =>
  lines.map(({ label, style, band: banded, points }, index) => ({
    label,
    style,
    banded,
    points: points.map(({ labels, mean, low, high, title }) => ({
      x: x(labels) + (index - (lines.length - 1) / 2) * beside,
      y: y(mean),
      low: y(low),
      high: y(high),
      title,
    })),
  }))

export function band(points: readonly PlacedPoint[], ink: SeriesStyle): readonly Shape[] {
  if (points.length < 2) return []
  const above = points.map(({ x, high }) => ({ x, y: high }))
  const below = points.map(({ x, low }) => ({ x, y: low })).reverse()
  return [{ kind: 'area', points: [...above, ...below], ink, opacity: 0.1 }]
}

export function curve(
  points: readonly PlacedPoint[],
  ink: SeriesStyle,
  unit: number,
): readonly Shape[] {
  return [
    ...(points.length < 2
      ? []
      : [{ kind: 'path', points, ink, width: 2 * unit, dash: ink.dash } as const]),
    ...points.map(({ x, low, high }) =>
      line({ x, y: low }, { x, y: high }, { ink, width: 1.25 * unit }),
    ),
    ...points.map(({ x, y, title }): Shape => ({
      kind: 'dot',
      at: { x, y },
      radius: 3.5 * unit,
      ink,
      title,
    })),
  ]
}

/** A dashed line to where the line without knowledge gets as far, and down to that number. */
export function connectorShapes(
  connector: Connector | null,
  plot: Plot,
  x: (labels: number | null) => number,
  y: (value: number) => number,
  { unit, small }: Measures,
): readonly Shape[] {
  if (connector === null) return []
  const { from, to, value, text } = connector
  const height = y(value)
  const tip = { x: to === null ? plot.right : x(to), y: height }
  const look = { ink: 'ink', width: 1.25 * unit, dash: [4 * unit, 3 * unit] } as const
  const head = [-4, 4].map((by): Point => ({ x: tip.x - 6 * unit, y: height + by * unit }))
  const down = line(tip, { x: tip.x, y: plot.bottom }, { ...look, width: unit })
  return [
    line({ x: x(from), y: height }, tip, look),
    ...head.map((end) => line(end, tip, { ink: 'ink', width: 1.25 * unit })),
    ...(to === null ? [] : [down]),
    ...connectorText(text, tip, plot, { unit, small }),
  ]
}

/** Below the tip, where the lines have risen above it; on its left where the right has no room. */
function connectorText(
  text: string,
  tip: Point,
  { left, right }: Plot,
  { unit, small }: Pick<Measures, 'unit' | 'small'>,
): readonly Shape[] {
  const isRight = right - tip.x > tip.x - left || right - tip.x > 150 * unit
  const room = (isRight ? right - tip.x : tip.x - left) - 12 * unit
  return wrapped(text, small, Math.min(room, 190 * unit), 600).map((words, index) => ({
    kind: 'text',
    at: {
      x: tip.x + (isRight ? 9 : -9) * unit,
      y: tip.y + (index * 1.35 + 1.5) * small,
    },
    text: words,
    size: small,
    ink: 'ink',
    anchor: isRight ? 'start' : 'end',
    weight: 600,
    halo: true,
  }))
}

/** Each line's name at its end, in its colour. */
export function nameShapes(
  lines: readonly PlacedLine[],
  { right, top, bottom }: Plot,
  width: number,
  { unit, text }: Measures,
): readonly Shape[] {
  const ends = lines.flatMap(({ label, style, points }) => {
    const last = points.at(-1)
    return last === undefined ? [] : [{ label, style, last }]
  })
  const heights = spread(
    ends.map(({ last }) => last.y),
    text * 1.3,
    [top, bottom],
  )
  return ends.flatMap(({ label, style, last }, index): readonly Shape[] => {
    const height = heights[index] ?? last.y
    const at = { x: right + 14 * unit, y: height + text * 0.36 }
    const lead = [
      { x: last.x + 6 * unit, y: last.y },
      { x: right + 2 * unit, y: height },
      { x: right + 10 * unit, y: height },
    ]
    const room = width - at.x - 8 * unit
    return [
      { kind: 'path', points: lead, ink: 'hairline', width: 1 },
      {
        kind: 'text',
        at,
        text: fitted(label, text, room, 600),
        size: text,
        ink: style,
        anchor: 'start',
        weight: 600,
      },
    ]
  })
}
