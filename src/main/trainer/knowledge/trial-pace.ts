import type { RunProgress } from '@shared/domain/run'
import { PaceMeter } from '../progress'

/**
 * How far trials are: the steps of their trainings, as far as these are known. What is expected
 * early keeps the share that is done from falling when it is planned.
 */
export class TrialPace {
  private readonly meter = new PaceMeter()
  private done = 0
  private planned = 0
  private expected = 0
  private reusedSteps = 0

  /** Steps that come next. */
  plan(steps: number): void {
    this.planned += steps
  }

  /** Steps that are likely to follow those planned, instead of what was expected before. */
  expect(steps: number): void {
    this.expected = steps
  }

  /** Steps that another run has done. */
  reuse(steps: number): void {
    this.reusedSteps += steps
  }

  get reused(): number {
    return this.reusedSteps
  }

  stepTook(rows: number, seconds: number): void {
    this.done += 1
    this.meter.stepTook(rows, seconds)
  }

  /** In steps of trials; a total of 0 is not known yet. */
  progress(epochs: number): RunProgress {
    return this.meter.progress('settling', {
      step: this.done,
      totalSteps: Math.max(this.done, this.planned + this.expected),
      ...{ epoch: 0, epochs, evaluationsLeft: 0 },
    })
  }
}
