import { lossNotFinite } from './failure'
import type { StepPlace } from './plan'
import type { AppliedStep, DeferredNumber, Trainee } from './trainee'

/** A step that was started; its numbers are read while the next one computes. */
export interface PendingStep {
  /** Steps done, this one included. */
  readonly step: number
  readonly rows: number
  readonly tokens: number
  readonly learningRate: number
  /** Loss of each batch and its share of the step. */
  readonly losses: readonly { readonly loss: DeferredNumber; readonly share: number }[]
  readonly gradientNorm: AppliedStep
}

/**
 * One optimiser step over the batches at `place`. The gradient is that of the mean over all rows
 * of the step, however they fall into batches: batch b counts with its share w_b / Σ w. Where steps
 * differ in their number of rows, as with a token budget, `typicalWeight` takes the place of Σ w:
 * then every row of an epoch counts alike, in whatever step it is.
 */
export function startStep(
  trainee: Pick<Trainee, 'weight' | 'tokens' | 'accumulate' | 'apply'>,
  batches: readonly Int32Array[],
  place: StepPlace,
  step: number,
  learningRate: number,
  typicalWeight: number | null = null,
): PendingStep {
  const own = batches.slice(place.firstBatch, place.endBatch)
  const weights = own.map((rows) => trainee.weight(rows))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const losses = own.map((rows, microStep) => {
    const weight = weights[microStep] ?? 0
    const share = total === 0 ? 0 : weight / total
    const factor = typicalWeight === null || total === 0 ? share : weight / typicalWeight
    return { loss: trainee.accumulate(rows, factor, { step, microStep }), share }
  })
  return {
    step: step + 1,
    rows: own.reduce((sum, rows) => sum + rows.length, 0),
    tokens: own.reduce((sum, rows) => sum + trainee.tokens(rows), 0),
    learningRate,
    losses,
    gradientNorm: trainee.apply(learningRate),
  }
}

export interface StepNumbers {
  readonly loss: number
  /** null: the gradient overflowed and the step was left out. */
  readonly gradientNorm: number | null
}

/** Waits for a step's numbers. Throws trainer.lossNotFinite when one is NaN or infinite. */
export function readStep(pending: PendingStep): StepNumbers {
  const loss = pending.losses.reduce((sum, part) => sum + part.loss.read() * part.share, 0)
  const gradientNorm = pending.gradientNorm.read()
  if (!Number.isFinite(loss)) throw lossNotFinite(pending.step, 'loss', loss)
  if (pending.gradientNorm.skipped === true) return { loss, gradientNorm: null }
  if (!Number.isFinite(gradientNorm)) {
    throw lossNotFinite(pending.step, 'gradient norm', gradientNorm)
  }
  return { loss, gradientNorm }
}
