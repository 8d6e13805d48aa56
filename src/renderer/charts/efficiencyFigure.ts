import type { Caption } from './frame'
import type { SeriesStyle } from './palette'

/** A mean with its interval at a number of labels; null: all rows there are. */
export interface EfficiencyPoint {
  readonly labels: number | null
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly title: string
}

export interface EfficiencyLine {
  readonly key: string
  readonly label: string
  readonly style: SeriesStyle
  /** Whether the intervals are joined to a band: for few lines, or none can be read. */
  readonly band: boolean
  readonly points: readonly EfficiencyPoint[]
}

/** From an arm's point straight to the line it is measured by. */
export interface Connector {
  readonly from: number
  readonly value: number
  /** null: beyond what was tried. */
  readonly to: number | null
  readonly text: string
}

export interface EfficiencyFigure extends Caption {
  readonly xLabel: string
  readonly yLabel: string
  /** How the place of all rows is called on the axis. */
  readonly allLabel: string
  readonly lines: readonly EfficiencyLine[]
  readonly connector: Connector | null
}
