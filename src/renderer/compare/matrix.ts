import type { Comparison } from '@shared/domain'

export type Verdict = 'baseline' | 'better' | 'worse' | 'same' | 'unknown'

/** What one run has under one heading. */
export type MatrixCell =
  | {
      readonly kind: 'metric'
      readonly metric: string
      readonly value: number | null
      readonly delta: number | null
      readonly verdict: Verdict
      /** The best value of all runs compared, where they differ. */
      readonly best: boolean
    }
  | {
      readonly kind: 'setting'
      readonly text: string
      /** Whether it differs from the baseline's. */
      readonly differs: boolean
    }

/** A line of cells, one a run, in the order of the runs. */
export interface MatrixLine {
  readonly key: string
  readonly cells: readonly MatrixCell[]
}

/** Metrics of one class: `test.f1.positive`. */
const ofClass = /^(train|validation|test)\.[^.]+\./

/** The metrics with their differences to the baseline; those of single classes on demand. */
export function metricLines(comparison: Comparison, classes: boolean): readonly MatrixLine[] {
  return comparison.metrics
    .filter(({ metric }) => classes || !ofClass.test(metric))
    .map(({ metric, values, deltas, better }) => {
      const sign = better === 'lower' ? -1 : 1
      const best = bestOf(values, sign)
      return {
        key: metric,
        cells: values.map((value, index): MatrixCell => {
          const delta = deltas[index] ?? null
          const verdict =
            index === comparison.baseline
              ? 'baseline'
              : verdictOf(delta === null ? null : sign * delta)
          return {
            kind: 'metric',
            metric,
            value,
            delta,
            verdict,
            best: value !== null && value === best,
          }
        }),
      }
    })
}

function bestOf(values: readonly (number | null)[], sign: number): number | null {
  const numbers = values.filter(
    (value): value is number => value !== null && Number.isFinite(value),
  )
  if (new Set(numbers).size < 2) return null
  return numbers.reduce((best, value) => (sign * value > sign * best ? value : best))
}

function verdictOf(gain: number | null): Verdict {
  if (gain === null || Number.isNaN(gain)) return 'unknown'
  return gain > 0 ? 'better' : gain < 0 ? 'worse' : 'same'
}

export const hasClassMetrics = (comparison: Comparison): boolean =>
  comparison.metrics.some(({ metric }) => ofClass.test(metric))

/** Only what differs between the recipes. */
export function settingLines(comparison: Comparison): readonly MatrixLine[] {
  return comparison.differences.map(({ path, values }) => {
    const reference = settingText(values[comparison.baseline])
    return {
      key: path,
      cells: values.map((value): MatrixCell => {
        const text = settingText(value)
        return { kind: 'setting', text, differs: text !== reference }
      }),
    }
  })
}

/** A recipe's value as the recipe writes it. */
export function settingText(value: unknown): string {
  if (value === undefined) return '–'
  if (typeof value === 'number') return numberText(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const numberText = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value)

/** The lines as a table for a spreadsheet: a row a line, a column a run. */
export function linesToTsv(
  comparison: Comparison,
  lines: readonly MatrixLine[],
): readonly (readonly (string | number | null)[])[] {
  return [
    ['', ...comparison.runs.map((run) => `${run.number} ${run.name}`)],
    ...lines.map((line) => [
      line.key,
      ...line.cells.map((cell) => (cell.kind === 'metric' ? cell.value : cell.text)),
    ]),
  ]
}
