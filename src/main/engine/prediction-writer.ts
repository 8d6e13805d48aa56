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

/**
 * CSV: the columns of the input, then `label`, `probability.<class>` and `logit.<class>`. The
 * first row brings the header with it.
 */
export function csvWriter(columns: readonly string[]): RowWriter {
  let header = ''
  return (row, prediction) => {
    const classes = classesOf(prediction)
    const predicted = [
      'label',
      ...classes.map((name) => `probability.${name}`),
      ...classes.map((name) => `logit.${name}`),
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
    ])
    return first ? header + line : line
  }
}

const csvLine = (values: readonly string[]): string => `${values.map(csvField).join(',')}\r\n`

/** RFC 4180. */
const csvField = (value: string): string =>
  /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

const outputNames = new Set(['label', 'labels', 'probabilities', 'logits'])

/** JSONL: the columns of the input, then `label`, and `probabilities` and `logits` by `labels`. */
export function jsonlWriter(): RowWriter {
  return (row, prediction) => {
    const kept = row.columns.map(([name, value]) => [keptName(name, outputNames), value] as const)
    const { label, probabilities, logits } = prediction
    const predicted = { label, labels: classesOf(prediction), probabilities, logits }
    return `${JSON.stringify({ ...Object.fromEntries(kept), ...predicted })}\n`
  }
}
