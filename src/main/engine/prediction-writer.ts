import type { Prediction, PredictionInput } from '@shared/domain'

/** A row of the input file: its columns in order, and the text they hold. */
export interface Row {
  readonly columns: readonly (readonly [name: string, value: string | null])[]
  readonly input: PredictionInput
}

export type RowWriter = (row: Row, prediction: Prediction) => string

/** Names of outputs: regression has one without a class. */
const classesOf = ({ labels, logits }: Prediction): readonly string[] =>
  labels.length === logits.length ? labels : logits.map(() => 'value')

/** An input column with the name of a predicted one is kept as `input.<name>`. */
const keptName = (name: string, taken: ReadonlySet<string>): string =>
  taken.has(name) ? `input.${name}` : name

/** What knowledge did to an answer, in a line: names of columns and their values. */
function knowledgeColumns({ provenance }: Prediction): readonly (readonly [string, string])[] {
  if (provenance === null) return []
  const { model, steps, set, abstained } = provenance
  const moved = steps.filter(({ weight, kind }) => weight !== 0 && kind !== 'calibration')
  return [
    ['model.label', model.label],
    ['moved.by', moved.map(({ id }) => id).join('|')],
    ...(set === null ? [] : [['set', set.join('|')] as const]),
    ['abstained', String(abstained)],
  ]
}

/**
 * CSV: the columns of the input, then `label`, `probability.<class>` and `logit.<class>`, and with
 * knowledge what the model alone said and what moved it. The first row brings the header with it.
 */
export function csvWriter(columns: readonly string[]): RowWriter {
  let header = ''
  return (row, prediction) => {
    const classes = classesOf(prediction)
    const predicted = [
      'label',
      ...classes.map((name) => `probability.${name}`),
      ...classes.map((name) => `logit.${name}`),
      ...knowledgeColumns(prediction).map(([name]) => name),
    ]
    const first = header === ''
    if (first) {
      const taken = new Set(predicted)
      header = csvLine([...columns.map((name) => keptName(name, taken)), ...predicted])
    }
    const values = new Map(row.columns)
    const line = csvLine([
      ...columns.map((name) => values.get(name) ?? ''),
      prediction.label,
      ...prediction.probabilities.map(String),
      ...prediction.logits.map(String),
      ...knowledgeColumns(prediction).map(([, value]) => value),
    ])
    return first ? header + line : line
  }
}

const csvLine = (values: readonly string[]): string => `${values.map(csvField).join(',')}\r\n`

/** RFC 4180. */
const csvField = (value: string): string =>
  /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

const outputNames = new Set(['label', 'labels', 'probabilities', 'logits', 'provenance'])

/**
 * JSONL: the columns of the input, then `label`, and `probabilities` and `logits` by `labels`; with
 * knowledge also `provenance`.
 */
export function jsonlWriter(): RowWriter {
  return (row, prediction) => {
    const kept = row.columns.map(([name, value]) => [keptName(name, outputNames), value] as const)
    const { label, probabilities, logits, provenance } = prediction
    const predicted = {
      ...{ label, labels: classesOf(prediction), probabilities, logits },
      ...(provenance === null ? {} : { provenance }),
    }
    return `${JSON.stringify({ ...Object.fromEntries(kept), ...predicted })}\n`
  }
}
