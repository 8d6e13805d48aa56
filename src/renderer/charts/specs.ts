/** A chart of the run or compare page: the series that belong on one pair of axes. */
export interface ChartSpec {
  readonly key: string
  readonly names: readonly string[]
  /** Shown before a person asks for the rest. */
  readonly main: boolean
}

const order = [
  'loss',
  'accuracy',
  'subsetAccuracy',
  'mae',
  'pearson',
  'macroF1',
  'learningRate',
  'gradientNorm',
  'samplesPerSecond',
  'memory.rss',
  'tokensPerSecond',
]
const mains: ReadonlySet<string> = new Set([
  'loss',
  'accuracy',
  'subsetAccuracy',
  'mae',
  'learningRate',
  'gradientNorm',
  'samplesPerSecond',
  'memory.rss',
])

/** Charts for the series of a run: one for each metric, its splits and classes together. */
export function chartSpecs(names: readonly string[]): readonly ChartSpec[] {
  const charts = new Map<string, string[]>()
  for (const name of [...names].sort()) {
    const key = chartKey(name)
    charts.set(key, [...(charts.get(key) ?? []), name])
  }
  const rank = (key: string): number => {
    const at = order.indexOf(key)
    return at < 0 ? order.length : at
  }
  return [...charts]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([key, members]) => ({ key, names: members, main: mains.has(key) }))
}

const split = /^(train|validation|test)\./

/** `validation.f1.positive` belongs to `f1`, `train.loss` to `loss`, `memory.rss` to itself. */
function chartKey(name: string): string {
  if (!split.test(name)) return name
  return name.replace(split, '').split('.')[0] ?? name
}

/** Series with a point an evaluation rather than one a step. */
export const isEvaluation = (name: string): boolean => /^(validation|test)\./.test(name)

/** Series that are computed rather than measured. */
export const isExact = (name: string): boolean => name === 'learningRate' || name === 'memory.rss'
