import { GraftError } from '@shared/errors'

/** The best evaluation so far and how many came after it without an improvement. */
export interface BestSoFar {
  readonly metric: string
  readonly value: number | null
  readonly step: number
  readonly withoutImprovement: number
}

export const nothingYet = (metric: string): BestSoFar => ({
  metric,
  value: null,
  step: 0,
  withoutImprovement: 0,
})

const lowerIsBetter = /(^|[._-])(loss|error|mae|mse|rmse|perplexity)([._-]|$)/i

/** Losses and errors fall, everything else rises. */
export const isBetter = (metric: string, value: number, than: number): boolean =>
  lowerIsBetter.test(metric) ? value < than : value > than

export interface Verdict {
  readonly state: BestSoFar
  /** Whether this evaluation is the best so far. */
  readonly best: boolean
  /** Whether patience has run out. */
  readonly stop: boolean
}

/**
 * Judges one evaluation. `metrics` has keys like `validation.loss`; `patience` is the number of
 * evaluations without improvement after which a run ends (null: never). Throws recipe.invalid
 * when the deciding metric is not among `metrics`.
 */
export function judge(
  state: BestSoFar,
  metrics: Readonly<Record<string, number>>,
  step: number,
  patience: number | null,
): Verdict {
  const value = metrics[state.metric]
  if (value === undefined) {
    throw new GraftError(
      'recipe.invalid',
      `evaluation.metric: there is no metric "${state.metric}". This run measures ${Object.keys(
        metrics,
      ).join(', ')}.`,
      { path: 'evaluation.metric', known: Object.keys(metrics) },
    )
  }
  if (state.value === null || isBetter(state.metric, value, state.value)) {
    return { state: { ...state, value, step, withoutImprovement: 0 }, best: true, stop: false }
  }
  const withoutImprovement = state.withoutImprovement + 1
  return {
    state: { ...state, withoutImprovement },
    best: false,
    stop: patience !== null && withoutImprovement >= patience,
  }
}
