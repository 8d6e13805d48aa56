import { lossNotFinite } from './failure'
import type { StepPlace } from './plan'
import type { DeferredNumber, Trainee } from './trainee'

/** A step that was started; its numbers are read while the next one computes. */
export interface PendingStep {
  /** Steps done, this one included. */
  readonly step: number
  readonly rows: number
  readonly tokens: number
  readonly learningRate: number
  /** Loss of each batch and its share of the step. */
  readonly losses: readonly { readonly loss: DeferredNumber; readonly share: number }[]
  readonly gradientNorm: DeferredNumber
}

/**
 * One optimiser step over the batches at `place`. The gradient is that of the mean over all rows
 * of the step, however they fall into batches: batch b counts with its share w_b / Σ w.
 */
export function startStep(
  trainee: Trainee,
  batches: readonly Int32Array[],
  place: StepPlace,
  step: number,
  learningRate: number,
): PendingStep {
  const own = batches.slice(place.firstBatch, place.endBatch)
  const weights = own.map((rows) => trainee.weight(rows))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const losses = own.map((rows, microStep) => {
    const share = total === 0 ? 0 : (weights[microStep] ?? 0) / total
    return { loss: trainee.accumulate(rows, share, { step, microStep }), share }
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
  readonly gradientNorm: number
}

/** Waits for a step's numbers. Throws trainer.lossNotFinite when one is NaN or infinite. */
export function readStep(pending: PendingStep): StepNumbers {
  const loss = pending.losses.reduce((sum, part) => sum + part.loss.read() * part.share, 0)
  const gradientNorm = pending.gradientNorm.read()
  if (!Number.isFinite(loss)) throw lossNotFinite(pending.step, 'loss', loss)
  if (!Number.isFinite(gradientNorm)) {
    throw lossNotFinite(pending.step, 'gradient norm', gradientNorm)
  }
  return { loss, gradientNorm }
}
