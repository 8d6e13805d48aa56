import type { TaskKind } from '@shared/domain/dataset'
import type { Confusion } from '@shared/domain/run'
import { computeSomeRows } from './compute-rows'
import { classification, multiLabel, regression, type Metrics } from './metrics'
import { gatherTargets, type TargetTable } from './targets'

export type Split = 'validation' | 'test'

/** Everything that an evaluation looks at. Rows are named by their position in the data set. */
export interface Evaluated {
  readonly split: Split
  readonly task: TaskKind
  readonly labels: readonly string[]
  readonly rows: Int32Array
  /** Tokens of every row of the data set. */
  readonly lengths: Int32Array
  readonly targets: TargetTable
  /** Outputs of rows, [rows, outputs]. */
  readonly logits: (rows: Int32Array) => Float32Array
  /** What knowledge makes of all rows' outputs; undefined: nothing. */
  readonly fuse?: ((logits: Float32Array) => Promise<Float32Array>) | undefined
}

export interface Evaluation {
  /** Keys as `validation.loss`. */
  readonly metrics: Metrics
  readonly confusion: Confusion | null
  /** [rows, outputs], in the order of `rows`; with knowledge, logarithms of its probabilities. */
  readonly logits: Float32Array
  readonly outputs: number
}

/**
 * Runs the model over a part of the data, in batches of rows of similar length. `afterBatch` is
 * awaited between batches with the rows done so far; what it throws ends the evaluation.
 */
export async function evaluate(
  what: Evaluated,
  afterBatch: (rowsDone: number) => Promise<void>,
): Promise<Evaluation> {
  const outputs = what.task === 'regression' ? 1 : what.labels.length
  const { rows, lengths } = what
  const alone = await computeSomeRows(rows, lengths, outputs, what.logits, afterBatch)
  if (what.fuse === undefined) return { ...measure(what, alone), logits: alone, outputs }
  const logits = await what.fuse(alone)
  const measured = measure(what, logits)
  const metrics = { ...measured.metrics, ...aloneMetrics(what, alone) }
  return { ...measured, metrics, logits, outputs }
}

/** Of the model without its knowledge: `test.alone.accuracy`, `test.alone.loss`. */
function aloneMetrics(what: Evaluated, logits: Float32Array): Metrics {
  const { metrics } = measure(what, logits)
  const own = ['accuracy', 'loss'].flatMap((name) => {
    const value = metrics[`${what.split}.${name}`]
    return value === undefined ? [] : [[`${what.split}.alone.${name}`, value] as const]
  })
  return Object.fromEntries(own)
}

function measure(
  what: Evaluated,
  logits: Float32Array,
): { readonly metrics: Metrics; readonly confusion: Confusion | null } {
  const targets = gatherTargets(what.targets, what.rows)
  switch (targets.kind) {
    case 'classes': {
      const { metrics, confusion } = classification(logits, targets.values, what.labels)
      return {
        metrics: withSplit(what.split, metrics),
        confusion: { split: what.split, labels: what.labels, counts: confusion },
      }
    }
    case 'multi-label':
      return {
        metrics: withSplit(what.split, multiLabel(logits, targets.values, what.labels)),
        confusion: null,
      }
    case 'regression':
      return { metrics: withSplit(what.split, regression(logits, targets.values)), confusion: null }
  }
}

const withSplit = (split: Split, metrics: Metrics): Metrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${split}.${name}`, value]))
