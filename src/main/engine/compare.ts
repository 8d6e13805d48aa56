import type { Comparison, Confusion, MetricComparison, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { findProject, listConfusions, seriesNames } from '../store'
import type { Context } from './context'
import { recipeDifferences } from './differences'
import { lowerIsBetter } from './metrics'
import { requireRun } from './references'

/** Everything the comparison screen needs but the curves themselves. */
export function compareRuns(
  { db }: Context,
  references: readonly string[],
  baselineReference: string | undefined,
): Comparison {
  const runs = unique(references.map((reference) => requireRun(db, reference)))
  const wanted = baselineReference === undefined ? null : requireRun(db, baselineReference)
  const baseline = baselineIndex(runs, wanted, (run) => findProject(db, run.project)?.baseline)
  return {
    runs,
    baseline,
    metrics: compareMetrics(runs, baseline),
    differences: recipeDifferences(runs.map((run) => run.recipe)),
    confusions: runs.map((run) => chooseConfusion(listConfusions(db, run.id))),
    series: [...new Set(runs.flatMap((run) => seriesNames(db, run.id)))].sort(),
  }
}

const unique = (runs: readonly Run[]): readonly Run[] => [
  ...new Map(runs.map((run) => [run.id, run])).values(),
]

/** The one asked for, else the project's own when it is among them, else the first. */
function baselineIndex(
  runs: readonly Run[],
  wanted: Run | null,
  ofProject: (run: Run) => string | null | undefined,
): number {
  if (wanted !== null) {
    const index = runs.findIndex((run) => run.id === wanted.id)
    if (index === -1) {
      throw new GraftError('conflict', `Run #${wanted.number} is not among the runs compared.`, {
        run: wanted.id,
      })
    }
    return index
  }
  return Math.max(
    0,
    runs.findIndex((run) => ofProject(run) === run.id),
  )
}

/** Every metric that any of the runs has, with its differences to the baseline. */
export function compareMetrics(runs: readonly Run[], baseline: number): MetricComparison[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort(byImportance)
  return names.map((metric) => {
    const values = runs.map((run) => run.metrics[metric] ?? null)
    const reference = values[baseline] ?? null
    return {
      metric,
      values,
      deltas: values.map((value) =>
        value === null || reference === null ? null : value - reference,
      ),
      better: lowerIsBetter(metric) ? 'lower' : 'higher',
    }
  })
}

const splitOrder = ['test', 'validation', 'train']

/** Test before validation before training; metrics over all classes before those of one. */
function byImportance(a: string, b: string): number {
  const rank = (name: string): number => {
    const parts = name.split('.')
    const split = splitOrder.indexOf(parts[0] ?? '')
    return (split === -1 ? splitOrder.length : split) + (parts.length > 2 ? 10 : 0)
  }
  return rank(a) - rank(b) || (a < b ? -1 : 1)
}

const chooseConfusion = (confusions: readonly Confusion[]): Confusion | null =>
  confusions.find((each) => each.split === 'test') ?? confusions[0] ?? null
