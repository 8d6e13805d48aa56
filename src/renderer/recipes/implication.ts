import type { Dataset, Histogram, Model, Recipe, RunEstimate } from '@shared/domain'

/** What a choice means for this run. */
export interface Implication {
  readonly text: string
  readonly tone: 'fact' | 'warning'
}

/** Everything that a consequence can be worked out from. */
export interface Situation {
  readonly recipe: Recipe
  readonly estimate: RunEstimate | null
  readonly model: Model | null
  readonly dataset: Dataset | null
  /** Lengths of the rows in tokens of the chosen model. */
  readonly tokens: Histogram | null
  /** Whether the processor multiplies in bfloat16; null where it is not known or a GPU works. */
  readonly bfloat16: boolean | null
}

export const fact = (text: string): Implication => ({ text, tone: 'fact' })
export const warning = (text: string): Implication => ({ text, tone: 'warning' })
