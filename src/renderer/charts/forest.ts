import { captionShapes, line, measuresOf, type Caption, type Measures, type Size } from './frame'
import type { SeriesStyle } from './palette'
import type { Scene, Shape } from './scene'
import { axisLabels, fitted, textWidth } from './sceneText'
import { ticks } from './svg'

/** One line of the plot: a value with its interval, and words behind it. */
export interface ForestRow {
  readonly key: string
  readonly label: string
  readonly style: SeriesStyle
  readonly value: number
  readonly low: number
  readonly high: number
  /** On the right, as columns. */
  readonly notes: readonly string[]
}

export interface ForestFigure extends Caption {
  readonly xLabel: string
  /** Headings of the notes. */
  readonly headings: readonly string[]
  readonly rows: readonly ForestRow[]
  /** Where the dashed line of comparison stands, and what it is. */
  readonly reference: { readonly value: number; readonly label: string } | null
  /** Bars reach from the reference, dots stand alone. */
  readonly mark: 'dot' | 'bar'
  /** A value in words. */
  readonly tick: (value: number) => string
}

const rowHeight = 30
const axisRoom = 52

/** The height that a forest plot of so many rows needs at a width. */
export const forestHeight = (figure: ForestFigure, width: number): number => {
  const size = { width, height: 0 }
  const measures = measuresOf(size)
  const { top, bottom } = captionShapes(figure, size, measures)
  return Math.ceil(top + bottom + (figure.rows.length * rowHeight + axisRoom + 34) * measures.unit)
}

/** Values with their 95% intervals below each other, against one line of comparison. */
export function forestScene(figure: ForestFigure, width: number): Scene {
  const size: Size = { width, height: forestHeight(figure, width) }
  const measures = measuresOf(size)
  const { unit, text } = measures
  const caption = captionShapes(figure, size, measures)
  const names = Math.max(...figure.rows.map(({ label }) => textWidth(label, text, 500)), 0)
  const columns = noteColumns(figure, measures)
  const left = Math.min(names, width * 0.3) + 36 * unit
  const right = width - columns.reduce((sum, column) => sum + column, 0) - 24 * unit
  const top = caption.top + 30 * unit
  const bottom = top + figure.rows.length * rowHeight * unit
  const { at, shapes } = axis(figure, { left, right, top, bottom }, measures)
  return {
    ...size,
    label: `${figure.title}. ${figure.subtitle}`,
    shapes: [
      ...caption.shapes,
      ...shapes,
      ...headings(figure, { right, top }, columns, measures),
      ...figure.rows.flatMap((row, index) => {
        const y = top + (index + 0.5) * rowHeight * unit
        return [
          ...markShapes(row, figure, at, y, measures),
          ...words(row, y, { left, right }, columns, measures),
        ]
      }),
    ],
  }
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const noteColumns = ({ rows, headings: names }: ForestFigure, { text, unit }: Measures): number[] =>
  names.map(
    (name, column) =>
      Math.max(
        textWidth(name, text),
        ...rows.map(({ notes }) => textWidth(notes[column] ?? '', text)),
      ) +
      20 * unit,
  )

function axis(
  { rows, reference, xLabel }: ForestFigure,
  { left, right, top, bottom }: Box,
  { unit, small, text }: Measures,
): { readonly at: (value: number) => number; readonly shapes: readonly Shape[] } {
  const values = rows.flatMap(({ low, high }) => [low, high])
  if (reference !== null) values.push(reference.value)
  const least = Math.min(...values)
  const most = Math.max(...values)
  const room = Math.max((most - least) * 0.05, 1e-3)
  const extent = values.length === 0 ? ([0, 1] as const) : ([least - room, most + room] as const)
  const at = (value: number): number =>
    left + ((value - extent[0]) / (extent[1] - extent[0])) * (right - left)
  const places = ticks(extent)
  const labels = axisLabels(places)
  const marks = places.flatMap((value, index): readonly Shape[] => [
    line({ x: at(value), y: top }, { x: at(value), y: bottom }, { ink: 'hairline', width: 1 }),
    {
      kind: 'text',
      at: { x: at(value), y: bottom + 16 * unit },
      text: labels[index] ?? '',
      size: small,
      ink: 'muted',
      anchor: 'middle',
    },
  ])
  const compared: readonly Shape[] =
    reference === null
      ? []
      : [
          line(
            { x: at(reference.value), y: top - 6 * unit },
            { x: at(reference.value), y: bottom },
            { ink: 'muted', width: 1.25 * unit, dash: [4 * unit, 3 * unit] },
          ),
          {
            kind: 'text',
            at: { x: at(reference.value), y: top - 11 * unit },
            text: reference.label,
            size: small,
            ink: 'muted',
            anchor: at(reference.value) > (left + right) / 2 ? 'end' : 'start',
          },
        ]
  const name: Shape = {
    kind: 'text',
    at: { x: (left + right) / 2, y: bottom + 38 * unit },
    text: xLabel,
    size: text,
    ink: 'ink',
    anchor: 'middle',
  }
  return { at, shapes: [...marks, ...compared, name] }
}

function markShapes(
  { style, value, low, high, label }: ForestRow,
  { mark, reference, tick }: ForestFigure,
  at: (value: number) => number,
  y: number,
  { unit }: Measures,
): readonly Shape[] {
  const from = at(reference?.value ?? 0)
  const [above, below] = [y - 6 * unit, y + 6 * unit]
  const bar: readonly Shape[] =
    mark === 'dot'
      ? []
      : [
          {
            kind: 'area',
            points: [
              { x: from, y: above },
              { x: at(value), y: above },
              { x: at(value), y: below },
              { x: from, y: below },
            ],
            ink: style,
            opacity: 0.45,
          },
        ]
  const ends = [low, high].map((end) =>
    line(
      { x: at(end), y: y - 4 * unit },
      { x: at(end), y: y + 4 * unit },
      { ink: style, width: 1.5 * unit },
    ),
  )
  const title = `${label}: ${tick(value)} (${tick(low)} – ${tick(high)})`
  return [
    ...bar,
    line({ x: at(low), y }, { x: at(high), y }, { ink: style, width: 1.5 * unit }),
    ...ends,
    {
      kind: 'dot',
      at: { x: at(value), y },
      radius: (mark === 'dot' ? 5 : 3.5) * unit,
      ink: style,
      title,
    },
  ]
}

function words(
  { label, notes }: ForestRow,
  y: number,
  { left, right }: Pick<Box, 'left' | 'right'>,
  columns: readonly number[],
  { unit, text }: Measures,
): readonly Shape[] {
  const base = y + text * 0.36
  return [
    {
      kind: 'text',
      at: { x: 16 * unit, y: base },
      text: fitted(label, text, left - 28 * unit, 500),
      size: text,
      ink: 'ink',
      anchor: 'start',
      weight: 500,
    },
    ...columns.map((_, index): Shape => ({
      kind: 'text',
      at: { x: edge(right, columns, index), y: base },
      text: notes[index] ?? '',
      size: text,
      ink: 'ink',
      anchor: 'end',
    })),
  ]
}

const headings = (
  { headings: names }: ForestFigure,
  { right, top }: Pick<Box, 'right' | 'top'>,
  columns: readonly number[],
  { unit, small }: Measures,
): readonly Shape[] =>
  names.map((text, index) => ({
    kind: 'text',
    at: { x: edge(right, columns, index), y: top - 11 * unit },
    text,
    size: small,
    ink: 'muted',
    anchor: 'end',
  }))

/** The right edge of a column of notes. */
const edge = (right: number, columns: readonly number[], index: number): number =>
  right + columns.slice(0, index + 1).reduce((sum, column) => sum + column, 0)
