import { axes, xScale, yScale, type Plot } from './efficiencyAxes'
import type { EfficiencyFigure } from './efficiencyFigure'
import { band, connectorShapes, curve, nameShapes, place } from './efficiencyMarks'
import { captionShapes, measuresOf, type Size } from './frame'
import type { Scene } from './scene'
import { textWidth } from './sceneText'

/** Metric over labels on a logarithmic axis, one line an arm, with its 95% intervals. */
export function efficiencyScene(figure: EfficiencyFigure, size: Size): Scene {
  const measures = measuresOf(size)
  const { unit, text } = measures
  const caption = captionShapes(figure, size, measures)
  const names = Math.max(...figure.lines.map(({ label }) => textWidth(label, text, 600)), 0)
  const plot: Plot = {
    left: 68 * unit,
    right: size.width - Math.min(names, size.width * 0.26) - 26 * unit,
    top: caption.top + 14 * unit,
    bottom: size.height - caption.bottom - 46 * unit,
  }
  const x = xScale(figure, plot)
  const y = yScale(figure, plot)
  const placed = place(figure.lines, x.at, y.at, 5 * unit)
  return {
    ...size,
    label: `${figure.title}. ${figure.subtitle}`,
    shapes: [
      ...caption.shapes,
      ...axes(figure, plot, x, y, measures),
      ...placed.flatMap(({ style, points, banded }) => (banded ? band(points, style) : [])),
      ...placed.flatMap(({ style, points }) => curve(points, style, unit)),
      ...connectorShapes(figure.connector, plot, x.at, y.at, measures),
      ...nameShapes(placed, plot, size.width, measures),
    ],
  }
}
