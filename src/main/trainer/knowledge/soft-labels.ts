import { settledSmoothing } from '@shared/domain/settled'
import { planEpoch } from '../../data/batches'
import { createOptimizer } from '../../nn/optimizers/optimizer'
import { createSchedule } from '../../nn/optimizers/schedules'
import type { Session, TokenBatch } from '../../nn/session'
import { lossNotFinite } from '../failure'

/** Rows with a distribution over the classes each, and how they are learned. */
export interface SoftLabels {
  /** Positions of rows. */
  readonly rows: Int32Array
  /** [rows, classes]; each row sums to 1. */
  readonly distributions: Float32Array
  /** What each row counts in the loss. */
  readonly weights: Float32Array
}

export interface SoftTraining {
  readonly steps: number
  readonly batch: number
  readonly learningRate: number
  /** Factor on the rate of a head that starts anew. */
  readonly headRate: number
  readonly seed: number
}

/** What a stage needs to know of the rows. */
export interface StageRows {
  /** Tokens of every row, by position. */
  readonly lengths: Int32Array
  readonly batchOf: (rows: Int32Array) => TokenBatch
  /** Scores that join the head, [rows, columns]; undefined: none do. */
  readonly scoresOf: ((rows: Int32Array) => Float32Array) | undefined
}

/** A head that starts anew learns faster than the layers below, which know something already. */
export const newHeadRate = 10

/** Share of the steps in which the rate rises. */
const warmup = 0.1

/**
 * Noise-aware training: the expected cross-entropy under each row's distribution, −Σ q log p
 * (Ratner et al. 2016, equation 4), AdamW with linear decay. A pure function of weights and
 * arguments. `afterStep` is awaited with the rows of the step; what it throws ends the stage. Returns the
 * mean loss of the last tenth of the steps. Throws trainer.lossNotFinite.
 */
export async function trainOnSoftLabels(
  session: Session,
  { lengths, batchOf, scoresOf }: StageRows,
  { rows, distributions, weights }: SoftLabels,
  training: SoftTraining,
  afterStep: (rows: number) => Promise<void>,
): Promise<number> {
  const classes = distributions.length / rows.length
  const { steps, seed, learningRate, headRate } = training
  const optimizer = createOptimizer(
    {
      ...{ name: 'adamw', weightDecay: 0.01, decayOf: 'weights' },
      ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0.9 },
      rateOf: ({ name }) => (isHead(name) ? headRate : 1),
    },
    session.parameters,
  )
  const rate = createSchedule({ name: 'linear', warmup, totalSteps: steps })
  const own = rows.map((row) => lengths[row] ?? 0)
  const tail = Math.max(1, Math.round(steps / 10))
  let tailLoss = 0
  let done = 0
  try {
    for (let epoch = 0; done < steps; epoch += 1) {
      const options = { lengths: own, size: training.batch, tokens: null, order: 'random' } as const
      for (const batch of planEpoch({ ...options, seed }, epoch)) {
        if (done >= steps) break
        const target = new Float32Array(batch.length * classes)
        batch.forEach((at, index) => {
          target.set(distributions.subarray(at * classes, (at + 1) * classes), index * classes)
        })
        const asked = batch.map((at) => rows[at] ?? 0)
        const loss = session.accumulate(
          batchOf(asked),
          { kind: 'soft', values: target, classes },
          {
            ...{ dropoutSeed: seed, step: done, microStep: 0, scale: 1 },
            rowWeights: Float32Array.from(batch, (at) => weights[at] ?? 0),
            scores: scoresOf?.(asked),
          },
        )
        const norm = session.apply(optimizer, {
          learningRate: learningRate * rate(done + 1),
          clipNorm: 1,
        })
        norm.dispose()
        done += 1
        const value = loss.read()
        if (!Number.isFinite(value)) throw lossNotFinite(done, 'loss', value)
        if (done > steps - tail) tailLoss += value / tail
        await afterStep(batch.length)
      }
    }
  } finally {
    optimizer.dispose()
  }
  return tailLoss
}

/** Parameters of a head that starts anew, whatever the family calls it. */
const isHead = (name: string): boolean => /^(classifier|pre_classifier|score)\b/.test(name)

/** Few labelled rows are soon known by heart: the other classes keep equal shares. */
export function smoothed(rows: Int32Array, y: Int32Array, classes: number): SoftLabels {
  const distributions = new Float32Array(rows.length * classes).fill(settledSmoothing / classes)
  y.forEach((label, row) => {
    distributions[row * classes + label] = 1 - settledSmoothing + settledSmoothing / classes
  })
  return { rows, distributions, weights: new Float32Array(rows.length).fill(1) }
}
