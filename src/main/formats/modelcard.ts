import type { TaskKind } from '@shared/domain/dataset'
import type { Confusion } from '@shared/domain/run'
import { counted } from '../platform/counted'
import { pooledUsage, type NewPooling } from './pooled-head'

/** What a run's record says of the model it made. */
export interface CardRecord {
  readonly title: string
  readonly baseModel: string
  readonly licence: string | null
  readonly task: TaskKind
  readonly labels: readonly string[]
  readonly dataset: {
    readonly name: string
    readonly source: string
    readonly licence: string | null
    readonly hash: string
  }
  readonly run: {
    readonly number: number
    readonly steps: number
    readonly seconds: number
    readonly graftbench: string
    /** ISO date of the end. */
    readonly date: string
  }
  /** Keys as `test.accuracy`. */
  readonly metrics: Readonly<Record<string, number>>
  readonly confusion: Confusion | null
  readonly recipeYaml: string
  /** What the recipe left open and the run chose; null: nothing. */
  readonly choices: CardChoices | null
  /** Of a head that transformers has no class for; otherwise `checkpoint`. */
  readonly pooling: 'checkpoint' | NewPooling
  /** What else is to be known before it is used. */
  readonly notes: readonly string[]
}

export interface CardChoices {
  /** Why, in sentences. */
  readonly reason: string
  /** Values that took the place of the recipe's, by dotted path. */
  readonly values: readonly {
    readonly field: string
    readonly recipe: string
    readonly used: string
  }[]
}

const pipelines: Readonly<Record<TaskKind, string>> = {
  'single-label': 'one of the labels',
  'multi-label': 'any number of the labels',
  regression: 'a number',
}

/** The text of README.md for an exported model: what it is, how it was made, how well it does. */
export function modelCard(record: CardRecord): string {
  const { dataset, run } = record
  return [
    frontMatter(record),
    `# ${line(record.title)}`,
    `A fine-tuned version of \`${line(record.baseModel)}\` that gives a text ${pipelines[record.task]}.`,
    record.labels.length === 0
      ? ''
      : `Labels: ${record.labels.map((name) => `\`${line(name)}\``).join(', ')}.`,
    '## Use',
    record.pooling === 'checkpoint' ? usage(record) : pooledUsage(record.pooling),
    ...record.notes,
    '## Data',
    [
      `- Dataset: ${line(dataset.name)} (snapshot \`${dataset.hash}\`)`,
      `- Source: ${line(dataset.source)}`,
      `- Licence: ${line(dataset.licence ?? 'not stated')}`,
    ].join('\n'),
    '## Results',
    metricTable(record.metrics),
    record.confusion === null ? '' : confusionTable(record.confusion),
    '## Training',
    `Run ${run.number}: ${run.steps === 0 ? 'weights found in its trials, without further steps,' : counted(run.steps, 'step')} in ${Math.round(run.seconds)} s, Graftbench ${run.graftbench}, ${run.date}.`,
    record.choices === null ? '' : choiceTable(record.choices),
    ['```yaml', record.recipeYaml.trim(), '```'].join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
    .concat('\n')
}

function choiceTable({ reason, values }: CardChoices): string {
  const rows = values.map(
    ({ field, recipe, used }) => `| ${line(field)} | ${line(recipe)} | ${line(used)} |`,
  )
  return [
    `The recipe left choices open, which were made by trial on labelled training rows. ${line(reason)}`,
    ['| field | recipe | used |', '|---|---|---|', ...rows].join('\n'),
    'The recipe as it was given:',
  ].join('\n\n')
}

/** Text that stays within its line and its table cell. */
const line = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim()

function frontMatter({ licence, baseModel }: CardRecord): string {
  const fields = [
    ...(licence === null ? [] : [`license: ${JSON.stringify(licence)}`]),
    `base_model: ${JSON.stringify(baseModel)}`,
    'library_name: transformers',
    'pipeline_tag: text-classification',
    'tags:',
    '- graftbench',
  ]
  return ['---', ...fields, '---'].join('\n')
}

function usage({ task }: CardRecord): string {
  const options =
    task === 'regression'
      ? ', function_to_apply="none"'
      : task === 'multi-label'
        ? ', top_k=None'
        : ''
  return [
    '```python',
    'from transformers import pipeline',
    '',
    `classify = pipeline("text-classification", model="path/to/this/folder"${options})`,
    'print(classify("A text of your own."))',
    '```',
  ].join('\n')
}

function metricTable(metrics: Readonly<Record<string, number>>): string {
  const rows = Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1))
  if (rows.length === 0) return 'The run recorded no metrics.'
  const cells = rows.map(([name, value]) => `| ${line(name)} | ${Number(value.toPrecision(5))} |`)
  return ['| metric | value |', '|---|---:|', ...cells].join('\n')
}

function confusionTable({ labels, counts, split }: Confusion): string {
  const names = labels.map(line)
  const rows = counts.map((row, actual) => `| **${names[actual] ?? ''}** | ${row.join(' | ')} |`)
  return [
    `Confusion on the ${split} rows (rows: actual, columns: predicted):`,
    '',
    `| | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---:|').join('')}`,
    ...rows,
  ].join('\n')
}
