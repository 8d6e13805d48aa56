import type { Confusion, Run } from './run'
import type { RecipeDifference } from './recipe'

export interface MetricComparison {
  readonly metric: string
  /** One value a run, null where the run does not have it; in the order of `runs`. */
  readonly values: readonly (number | null)[]
  /** Differences to the baseline's value. */
  readonly deltas: readonly (number | null)[]
  readonly better: 'higher' | 'lower'
}

export interface Comparison {
  readonly runs: readonly Run[]
  /** Index into `runs`. */
  readonly baseline: number
  readonly metrics: readonly MetricComparison[]
  readonly differences: readonly RecipeDifference[]
  readonly confusions: readonly (Confusion | null)[]
  readonly series: readonly string[]
}
