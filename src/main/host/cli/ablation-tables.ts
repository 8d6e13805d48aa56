import type { AblationDetail, AblationResult } from '@shared/domain'
import { counted } from '../../platform/counted'
import { formatCount, formatDelta, formatMetric } from './format'
import type { Column } from './table'
import { formatTable } from './table'

/** The result of an ablation for a person: means, tests, label efficiency. */
export function describeAblation({ ablation, cells, result }: AblationDetail): readonly string[] {
  const { number, name, state, done, total, metric } = ablation
  const failed = new Set(
    cells.filter((cell) => cell.state === 'failed' || cell.state === 'interrupted').map(runOf),
  )
  return [
    `Ablation #${number} ${name}: ${state}, ${done} of ${total} runs`,
    ...(failed.size === 0
      ? []
      : [
          `Failed and left out: ${counted(failed.size, 'run')}. Try again: graftbench ablations resume ${number}`,
        ]),
    ...sections(result, metric),
  ]
}

const runOf = ({ run }: { readonly run: string }): string => run

function sections({ table, tests, efficiency }: AblationResult, metric: string) {
  if (table.length === 0) return ['No result yet: no seed has a run of every arm.']
  return [
    '',
    `${metric}, mean over seeds with 95% interval (bootstrap)`,
    ...formatTable(tableColumns, table),
    ...section(
      'Differences, paired by seed; p: permutation over seeds and rows',
      testColumns,
      tests,
    ),
    ...section('Labels that "none" needs for the same', efficiencyColumns, efficiency),
  ]
}

const section = <Row>(
  title: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly string[] => (rows.length === 0 ? [] : ['', title, ...formatTable(columns, rows)])

const labelsColumn: Column<{ readonly labels: number | null }> = {
  title: 'Labels',
  align: 'right',
  of: ({ labels }) => (labels === null ? 'all' : formatCount(labels)),
}
const interval = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${formatMetric(low)} to ${formatMetric(high)}`

const tableColumns: readonly Column<AblationResult['table'][number]>[] = [
  labelsColumn,
  { title: 'Arm', of: ({ arm }) => arm },
  { title: 'Mean', align: 'right', of: ({ mean }) => formatMetric(mean) },
  { title: '95% interval', of: interval },
  { title: 'Seeds', align: 'right', of: ({ seeds }) => String(seeds) },
]

const testColumns: readonly Column<AblationResult['tests'][number]>[] = [
  labelsColumn,
  { title: 'Arm', of: ({ arm }) => arm },
  { title: 'Against', of: ({ against }) => against },
  { title: 'Difference', align: 'right', of: ({ difference }) => formatDelta(difference) },
  { title: '95% interval', of: interval },
  { title: 'p', align: 'right', of: ({ p }) => (p < 0.001 ? '<0.001' : p.toFixed(3)) },
  { title: 'Seeds', align: 'right', of: ({ seeds }) => String(seeds) },
]

const efficiencyColumns: readonly Column<AblationResult['efficiency'][number]>[] = [
  { title: 'Arm', of: ({ arm }) => arm },
  { title: 'Labels', align: 'right', of: ({ labels }) => formatCount(labels) },
  {
    title: 'None needs',
    align: 'right',
    of: ({ needed }) => (needed === null ? 'more than tried' : formatCount(Math.round(needed))),
  },
  {
    title: 'Ratio',
    align: 'right',
    of: ({ ratio }) => (ratio === null ? '' : `${ratio.toFixed(1)}×`),
  },
]
