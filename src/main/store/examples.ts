import type { ExamplePrediction, RunId } from '@shared/domain'
import { all, write, type ReadableDatabase, type WritableDatabase } from './database'

export const listExamples = (db: ReadableDatabase, run: RunId): readonly ExamplePrediction[] =>
  all<ExamplePrediction>(
    db,
    `SELECT row, text, label, predicted, probability, step FROM examples
     WHERE run = $run ORDER BY row`,
    { run },
  )

/** Keeps what the run says of a row last. */
export function putExample(db: WritableDatabase, run: RunId, example: ExamplePrediction): void {
  write(
    db,
    `INSERT INTO examples (run, row, text, label, predicted, probability, step)
     VALUES ($run, $row, $text, $label, $predicted, $probability, $step)
     ON CONFLICT (run, row) DO UPDATE SET text = excluded.text, label = excluded.label,
       predicted = excluded.predicted, probability = excluded.probability, step = excluded.step`,
    { run, ...example },
  )
}
