import type { CurveAxis } from './curves'

/** How all charts of a page are drawn. */
export interface ChartView {
  readonly axis: CurveAxis
  /** Weight of the moving average, 0 to below 1. */
  readonly smoothing: number
  readonly logX: boolean
  readonly logY: boolean
}

export const initialView: ChartView = { axis: 'step', smoothing: 0.6, logX: false, logY: false }
