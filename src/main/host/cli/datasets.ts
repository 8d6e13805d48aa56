import { z } from 'zod'
import type { Dataset, PartStatistics } from '@shared/domain'
import { labelledRows, missingLookingLabels } from '@shared/domain'
import type { InputOf } from '@shared/contract'
import { counted } from '../../platform/counted'
import type { Register } from './command'
import { nameList, noOptions, numberList } from './command'
import { formatBytes, formatCount, formatTime } from './format'
import { runJob } from './jobs'
import type { Session } from './session'
import { typedPath } from './session'
import { formatFacts, formatTable } from './table'
import { takenIn } from './taken'

/** How columns are used: options of `datasets add` and of `train` on files. */
export const columnOptions = {
  text: z.string().optional(),
  pair: z.string().optional(),
  label: z.string().optional(),
  cut: numberList.optional(),
  cutNames: nameList.optional(),
}

type ColumnOptions = z.output<z.ZodObject<typeof columnOptions>>

/** The flags of columnOptions as the contract names them; what was not given is left to detection. */
export function rolesOf(options: ColumnOptions): NonNullable<InputOf<'datasets.import'>['roles']> {
  const { text, pair, label, cut, cutNames } = options
  return {
    ...(text !== undefined && { text }),
    ...(pair !== undefined && { pair }),
    ...(label !== undefined && { label }),
    ...(cut !== undefined && { cut }),
    ...(cutNames !== undefined && { cutNames }),
  }
}

export const registerDatasets: Register = (program, act) => {
  const datasets = program.command('datasets').description('the rows that runs train and test on')
  datasets
    .command('add')
    .argument('<file>', 'CSV, TSV or JSONL: its rows are split by each recipe')
    .option('--name <name>', 'name of the dataset; by default that of the file')
    .option('--text <column>', 'column of the text')
    .option('--pair <column>', 'column of a second text, for pairs')
    .option('--label <column>', 'column of the label')
    .option('--cut <points>', 'cut points that make classes of a numeric label, such as -0.5,0.5')
    .option('--cut-names <names>', 'names of the classes between the cut points')
    .option('--validation <file>', 'file of a validation part of its own')
    .option('--test <file>', 'file of a test part of its own')
    .description('copy the rows of files into the workspace')
    .action(
      act(addOptions, async (session, options, [file = '']) => {
        const { name, test, validation, ...columns } = options
        const files = dataFiles(file, test, validation)
        const dataset = await addDataset(session, {
          files,
          roles: rolesOf(columns),
          ...(name !== undefined && { name }),
        })
        session.output.lines(...describe(dataset))
        session.output.result({ dataset })
      }),
    )
  datasets
    .command('show')
    .argument('<dataset>', 'name or id')
    .description('parts, classes, lengths and refused rows of a dataset')
    .action(
      act(noOptions, async (session, _options, [reference = '']) => {
        const engine = await session.engine()
        const dataset = await engine.call('datasets.get', { dataset: reference })
        const badRows = await engine.call('datasets.badRows', { dataset: dataset.id, limit: 20 })
        const refused = badRows.map(({ file, row, reason }) => `  ${file}, row ${row}: ${reason}`)
        session.output.lines(
          ...describe(dataset),
          ...(refused.length === 0 ? [] : ['', 'Refused rows', ...refused]),
        )
        session.output.result({ dataset, badRows })
      }),
    )
  datasets
    .command('delete')
    .argument('<dataset>', 'name or id')
    .description('delete a dataset that no run uses')
    .action(
      act(noOptions, async (session, _options, [dataset = '']) => {
        const { bytes } = await (await session.engine()).call('datasets.delete', { dataset })
        session.output.lines(`Deleted ${dataset}; ${formatBytes(bytes)} came back.`)
        session.output.result({ deleted: dataset, bytes })
      }),
    )
  datasets
    .command('list', { isDefault: true })
    .description('the datasets that are there')
    .action(
      act(noOptions, async (session) => {
        const list = await (await session.engine()).call('datasets.list', {})
        if (list.length === 0) {
          session.output.lines('No datasets yet. Add one: graftbench datasets add FILE')
        } else session.output.lines(...datasetTable(list))
        session.output.result({ datasets: list })
      }),
    )
}

const addOptions = z.object({
  name: z.string().optional(),
  validation: z.string().optional(),
  test: z.string().optional(),
  ...columnOptions,
})

type Files = InputOf<'datasets.import'>['files']

/** Files with the part that each holds; one file alone is split by the recipe. */
export function dataFiles(train: string, test?: string, validation?: string): Files {
  const own = test === undefined && validation === undefined ? 'all' : 'train'
  return [
    { path: typedPath(train), part: own },
    ...(validation === undefined
      ? []
      : [{ path: typedPath(validation), part: 'validation' as const }]),
    ...(test === undefined ? [] : [{ path: typedPath(test), part: 'test' as const }]),
  ]
}

const datasetResult = z.looseObject({ id: z.string() })

/** Imports files; the same files with the same columns give the dataset that is there already. */
export async function addDataset(
  session: Session,
  input: InputOf<'datasets.import'>,
): Promise<Dataset> {
  const engine = await session.engine()
  const before = await engine.call('datasets.list', {})
  const { id } = datasetResult.parse(
    await runJob(session, () => engine.call('datasets.import', input)),
  )
  const dataset = await engine.call('datasets.get', { dataset: id })
  if (!before.some((each) => each.id === id)) {
    takenIn(session, () => engine.call('datasets.delete', { dataset: id }))
  }
  session.output.lines(...warnings(dataset))
  return dataset
}

function warnings(dataset: Dataset): readonly string[] {
  const { name, statistics } = dataset
  const { badRows, leaked } = statistics
  return [
    ...missingLookingLabels(dataset).map(
      ({ label, rows }) =>
        `${counted(rows, 'row')} labelled "${label}" in the column "${dataset.roles.label ?? ''}": taken as a class. If it stands for no label, empty these fields in the file and add it again.`,
    ),
    ...(badRows === 0
      ? []
      : [`${counted(badRows, 'row')} refused; see: graftbench datasets show "${name}"`]),
    ...(leaked === 0
      ? []
      : [`${counted(leaked, 'row')} in two parts: what is measured on them flatters the model.`]),
  ]
}

function describe(dataset: Dataset): readonly string[] {
  const { statistics, roles } = dataset
  const facts = formatFacts([
    ['Dataset', `${dataset.name} (${dataset.id})`],
    ['Task', `${dataset.task}, ${dataset.labels.length} labels`],
    ['Text', roles.text],
    ['Pair', roles.pair],
    ['Label', roles.label],
    ['Cut points', roles.cut.length === 0 ? null : roles.cut.join(', ')],
    ['Rows', formatCount(dataset.rows)],
    ['Refused rows', formatCount(statistics.badRows)],
    ['Duplicates', formatCount(statistics.duplicates)],
    ['In two parts', formatCount(statistics.leaked)],
    ['Size', formatBytes(dataset.bytes)],
    ['Licence', dataset.licence],
    ['Hash', dataset.hash],
  ])
  const labels = dataset.labels.map((label) => ({
    title: label,
    align: 'right' as const,
    of: (part: PartStatistics) => formatCount(part.labels[label] ?? 0),
  }))
  const withoutLabel = (part: PartStatistics): number => part.rows - labelledRows(dataset, part)
  const unlabelled = {
    title: 'without a label',
    align: 'right' as const,
    of: (part: PartStatistics) => formatCount(withoutLabel(part)),
  }
  const parts = formatTable(
    [
      { title: 'Part', of: ({ part }) => part },
      { title: 'Rows', align: 'right', of: ({ rows }) => formatCount(rows) },
      ...labels.slice(0, 12),
      ...(statistics.parts.some((part) => withoutLabel(part) > 0) ? [unlabelled] : []),
    ],
    statistics.parts,
  )
  return [...facts, '', ...parts]
}

const datasetTable = (datasets: readonly Dataset[]): readonly string[] =>
  formatTable(
    [
      { title: 'Name', of: ({ name }) => name },
      { title: 'Task', of: ({ task }) => task },
      { title: 'Rows', align: 'right', of: ({ rows }) => formatCount(rows) },
      { title: 'Labels', of: ({ labels }) => labels.slice(0, 6).join(', ') },
      { title: 'Size', align: 'right', of: ({ bytes }) => formatBytes(bytes) },
      { title: 'Added', of: ({ createdAt }) => formatTime(createdAt) },
      { title: 'Id', of: ({ id }) => id },
    ],
    datasets,
  )
