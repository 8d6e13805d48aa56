import type { Confusion, RunId } from '@shared/domain'
import type { RunEvent } from '@shared/trainer'
import {
  all,
  fromJson,
  toJson,
  write,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'

export type Evaluated = Omit<Extract<RunEvent, { readonly type: 'evaluated' }>, 'type'>

/** Records an evaluation; the same step again (after a resume) replaces it. */
export function putEvaluation(db: WritableDatabase, run: RunId, evaluation: Evaluated): void {
  if (evaluation.best) {
    write(db, 'UPDATE evaluations SET best = 0 WHERE run = $run AND split = $split', {
      run,
      split: evaluation.split,
    })
  }
  write(
    db,
    `INSERT INTO evaluations (run, split, step, epoch, metrics, confusion, best)
     VALUES ($run, $split, $step, $epoch, $metrics, $confusion, $best)
     ON CONFLICT (run, split, step) DO UPDATE SET epoch = excluded.epoch,
       metrics = excluded.metrics, confusion = excluded.confusion, best = excluded.best`,
    {
      run,
      split: evaluation.split,
      step: evaluation.step,
      epoch: evaluation.epoch,
      metrics: toJson(evaluation.metrics),
      confusion: evaluation.confusion === null ? null : toJson(evaluation.confusion),
      best: evaluation.best ? 1 : 0,
    },
  )
}

/** One confusion matrix a split: that of the best evaluation, else of the last one. */
export const listConfusions = (db: ReadableDatabase, run: RunId): readonly Confusion[] =>
  all<{ confusion: string }>(
    db,
    `SELECT confusion FROM (
       SELECT split, confusion,
         row_number() OVER (PARTITION BY split ORDER BY best DESC, step DESC) AS rank
       FROM evaluations WHERE run = $run AND confusion IS NOT NULL)
     WHERE rank = 1 ORDER BY split DESC`,
    { run },
  ).map((row) => fromJson<Confusion>(row.confusion))
