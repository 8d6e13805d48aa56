import { join } from 'node:path'
import type { DataRow, TaskKind } from '@shared/domain/dataset'
import { writeFileAtomic } from '../platform/atomic'
import type { Evaluation, Split } from './evaluate'
import { interpret, labelText } from './interpret'

/** One line of `predictions/<split>.jsonl`; `row` is the row's id in the data set. */
export interface PredictedRow {
  readonly row: number
  readonly label: string
  readonly predicted: string
  readonly logits: readonly number[]
}

/** What an evaluation predicted, row by row. `rows` are positions in `data`. */
export function* predictedRows(
  evaluation: Evaluation,
  rows: Int32Array,
  data: readonly DataRow[],
  task: TaskKind,
  labels: readonly string[],
): Generator<PredictedRow> {
  const { logits, outputs } = evaluation
  for (const [index, position] of rows.entries()) {
    const row = data[position]
    if (row === undefined) continue
    const own = Array.from(logits.subarray(index * outputs, (index + 1) * outputs))
    yield {
      row: row.id,
      label: labelText(row.label),
      predicted: interpret(own, task, labels).label,
      logits: own,
    }
  }
}

/** Writes `<folder>/<split>.jsonl`, all or nothing. */
export async function writePredictions(
  folder: string,
  split: Split,
  rows: Iterable<PredictedRow>,
): Promise<void> {
  const lines = Array.from(rows, (row) => `${JSON.stringify(row)}\n`)
  await writeFileAtomic(join(folder, `${split}.jsonl`), lines.join(''))
}
