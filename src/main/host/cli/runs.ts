import { z } from 'zod'
import type { Comparison, Run } from '@shared/domain'
import type { RunDetail } from '@shared/contract'
import { GraftError } from '@shared/errors'
import type { Register } from './command'
import { noOptions } from './command'
import { registerControl } from './control'
import { registerCurves } from './curves'
import {
  formatBytes,
  formatCount,
  formatDelta,
  formatMetric,
  formatSeconds,
  formatTime,
  formatValue,
  shorten,
} from './format'
import { confusionTable } from './confusion'
import { describeProgress } from './progress-line'
import { formatFacts, formatTable } from './table'
import { trialLines } from './trial-lines'

export const registerRuns: Register = (program, act) => {
  const runs = program.command('runs').description('the runs and what came of them')
  runs
    .command('list', { isDefault: true })
    .option('--project <project>', 'only the runs of a project')
    .option('--archived', 'also the archived ones')
    .description('all runs')
    .action(
      act(listOptions, async (session, options) => {
        const engine = await session.engine()
        const { project, archived } = options
        const list = await engine.call('runs.list', {
          archived,
          ...(project !== undefined && { project }),
        })
        if (list.length === 0) session.output.lines('No runs yet. Start one: graftbench train')
        else session.output.lines(...runTable(list))
        session.output.result({ runs: list })
      }),
    )
  runs
    .command('show')
    .argument('<run>', 'number, id or unique name')
    .description('result, recipe and files of a run')
    .action(
      act(noOptions, async (session, _options, [run = '']) => {
        const detail = await (await session.engine()).call('runs.get', { run })
        session.output.lines(...describeDetail(detail))
        session.output.result(detail)
      }),
    )
  runs
    .command('compare')
    .argument('<runs...>', 'two or more runs')
    .option('--baseline <run>', 'what the others are measured against; by default the first')
    .description('metrics with differences, and what differs in the recipes')
    .action(
      act(compareOptions, async (session, { baseline }, references) => {
        if (references.length < 2) {
          throw new GraftError(
            'input.invalid',
            'Name two or more runs: graftbench runs compare 1 2.',
          )
        }
        const engine = await session.engine()
        const comparison = await engine.call('runs.compare', {
          runs: [...references],
          ...(baseline !== undefined && { baseline }),
        })
        session.output.lines(...describeComparison(comparison))
        session.output.result(comparison)
      }),
    )
  registerCurves(runs, act)
  registerControl(runs, act)
}

const listOptions = z.object({
  project: z.string().optional(),
  archived: z.boolean().default(false),
})
const compareOptions = z.object({ baseline: z.string().optional() })

const metricOf = (run: Run, name: string): string => {
  const value = run.metrics[name]
  return value === undefined ? '' : formatMetric(value)
}

const progressOf = ({ progress }: Run): string =>
  progress === null ? '' : describeProgress(progress, null)

/** Attempts count when they end: before the first one did, nothing is known. */
const timeOf = ({ seconds }: Run): string | null => (seconds > 0 ? formatSeconds(seconds) : null)

const runTable = (runs: readonly Run[]): readonly string[] =>
  formatTable(
    [
      { title: '#', align: 'right', of: ({ number }) => String(number) },
      { title: 'Name', of: ({ name }) => shorten(name, 32) },
      { title: 'State', of: ({ state }) => state.kind },
      { title: 'Model', of: ({ modelName }) => shorten(modelName, 24) },
      { title: 'Data', of: ({ datasetName }) => shorten(datasetName, 24) },
      { title: 'Test accuracy', align: 'right', of: (run) => metricOf(run, 'test.accuracy') },
      { title: 'Test loss', align: 'right', of: (run) => metricOf(run, 'test.loss') },
      { title: 'Valid. loss', align: 'right', of: (run) => metricOf(run, 'validation.loss') },
      { title: 'Steps', align: 'right', of: ({ steps }) => formatCount(steps) },
      { title: 'Time', align: 'right', of: (run) => timeOf(run) ?? '' },
      { title: 'Created', of: ({ createdAt }) => formatTime(createdAt) },
      { title: 'Progress', of: progressOf },
    ],
    runs,
  )

function describeDetail(detail: RunDetail): readonly string[] {
  const { run } = detail
  const tried = detail.fusion ?? detail.trials
  const failure =
    run.state.kind === 'failed' || run.state.kind === 'interrupted' ? run.state.error : null
  const metrics = Object.entries(run.metrics).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...formatFacts([
      ['Run', `#${run.number} ${run.name} (${run.id})`],
      ['State', run.state.kind],
      ['Progress', progressOf(run) || null],
      ['Reason', failure === null ? null : `[${failure.code}] ${failure.message}`],
      ['Model', run.modelName],
      ['Data', run.datasetName],
      ['Steps', formatCount(run.steps)],
      ['Time', timeOf(run)],
      ['Samples/s', run.samplesPerSecond?.toFixed(1) ?? null],
      ['Memory', run.peakMemoryBytes === null ? null : formatBytes(run.peakMemoryBytes)],
      ['Best', run.best === null ? null : `${run.best.metric} at step ${run.best.step}`],
      ['Folder', detail.folder],
      ['Again', detail.command],
    ]),
    ...(metrics.length === 0 ? [] : ['', 'Metrics']),
    ...formatFacts(metrics.map(([name, value]) => [`  ${name}`, formatMetric(value)])),
    ...detail.confusions.flatMap((confusion) => ['', ...confusionTable(confusion)]),
    ...(tried === null ? [] : ['', ...trialLines(tried)]),
    '',
    'Recipe',
    ...detail.yaml.trimEnd().split('\n'),
  ]
}

function describeComparison(comparison: Comparison): readonly string[] {
  const { runs, baseline, metrics, differences } = comparison
  const titleOf = (run: Run, at: number): string =>
    `#${run.number}${at === baseline ? ' (baseline)' : ''}`
  const metricTable = formatTable(
    [
      { title: 'Metric', of: ({ metric }) => metric },
      ...runs.map((run, at) => ({
        title: titleOf(run, at),
        align: 'right' as const,
        of: (row: Comparison['metrics'][number]) => {
          const value = row.values[at]
          const delta = row.deltas[at]
          if (value === null || value === undefined) return '–'
          const shown = formatMetric(value)
          return at === baseline || delta === null || delta === undefined
            ? shown
            : `${shown} (${formatDelta(delta)})`
        },
      })),
    ],
    metrics,
  )
  const differenceTable = formatTable(
    [
      { title: 'Recipe', of: ({ path }) => path },
      ...runs.map((run, at) => ({
        title: titleOf(run, at),
        of: (row: Comparison['differences'][number]) => shorten(formatValue(row.values[at]), 40),
      })),
    ],
    differences,
  )
  return [
    ...metricTable,
    '',
    ...(differences.length === 0 ? ['The recipes are equal.'] : differenceTable),
  ]
}
