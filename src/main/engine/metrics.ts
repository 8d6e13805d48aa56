/** Metrics that are better when they are lower: losses, errors, times and sizes. */
export const lowerIsBetter = (metric: string): boolean =>
  /(^|[._-])(loss|error|mae|mse|rmse|perplexity|seconds|bytes|hamming)([._-]|$)/i.test(metric)

const splits = ['test', 'validation'] as const
const preferred = ['accuracy', 'microF1', 'macroF1', 'pearson', 'mse', 'loss'] as const

/** The metric that says most of a run in one number; null when it has none yet. */
export function headlineMetric(
  metrics: Readonly<Record<string, number>>,
): { readonly metric: string; readonly value: number } | null {
  for (const split of splits) {
    for (const name of preferred) {
      const metric = `${split}.${name}`
      const value = metrics[metric]
      if (value !== undefined) return { metric, value }
    }
  }
  const value = metrics['train.loss']
  return value === undefined ? null : { metric: 'train.loss', value }
}
