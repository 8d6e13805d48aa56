/** Metrics that a run is judged by, the most telling ones first. */
const leading = [
  'test.accuracy',
  'test.subsetAccuracy',
  'test.microF1',
  'test.pearson',
  'test.mae',
  'test.macroF1',
  'test.loss',
  'validation.accuracy',
  'validation.microF1',
  'validation.mae',
  'validation.loss',
  'train.loss',
]

/** The few of a run's metrics that its page shows large. */
export const leadingMetrics = (metrics: Readonly<Record<string, number>>): readonly string[] =>
  leading.filter((name) => metrics[name] !== undefined)

export type Verdict = 'better' | 'worse' | 'same'

const lowerIsBetter = /(^|\.)(loss|mse|mae)(\.|$)/

/** A metric against a reference: the difference, and whether it is for the better. */
export function metricChange(
  name: string,
  value: number,
  reference: number | undefined,
): { readonly delta: number; readonly verdict: Verdict } | null {
  if (reference === undefined || !Number.isFinite(value - reference)) return null
  const delta = value - reference
  const gain = lowerIsBetter.test(name) ? -delta : delta
  return { delta, verdict: gain > 0 ? 'better' : gain < 0 ? 'worse' : 'same' }
}

const parts = ['train', 'validation', 'test'] as const
export type Part = (typeof parts)[number]

export interface MetricRow {
  readonly measure: string
  readonly values: Readonly<Partial<Record<Part, number>>>
}

export interface ClassRow {
  readonly label: string
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
  /** Rows of this class; null before there is a confusion matrix. */
  readonly rows: number | null
}

const name = /^(train|validation|test)\.([^.]+)(?:\.(.+))?$/

/** The metrics over all classes, one row a measure, one column a part of the data. */
export function metricRows(metrics: Readonly<Record<string, number>>): readonly MetricRow[] {
  const rows = new Map<string, Partial<Record<Part, number>>>()
  for (const [key, value] of Object.entries(metrics)) {
    const [, part, measure, label] = name.exec(key) ?? []
    if (measure === undefined || label !== undefined || !isPart(part)) continue
    rows.set(measure, { ...rows.get(measure), [part]: value })
  }
  return [...rows].map(([measure, values]) => ({ measure, values }))
}

const isPart = (text: string | undefined): text is Part => parts.some((part) => part === text)

/** Precision, recall and F1 of each class on one part of the data. */
export function classRows(
  metrics: Readonly<Record<string, number>>,
  part: Part,
  labels: readonly string[],
  counts: readonly (readonly number[])[] | null,
): readonly ClassRow[] {
  const value = (measure: string, label: string): number | null =>
    metrics[`${part}.${measure}.${label}`] ?? null
  return labels.map((label, index) => ({
    label,
    precision: value('precision', label),
    recall: value('recall', label),
    f1: value('f1', label),
    rows: counts?.[index]?.reduce((sum, count) => sum + count, 0) ?? null,
  }))
}
