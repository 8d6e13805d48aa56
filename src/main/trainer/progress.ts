import type { Phase, RunProgress } from '@shared/domain/run'

/** What is known of a run's pace when progress is reported. */
export interface Pace {
  readonly step: number
  readonly totalSteps: number
  readonly epoch: number
  readonly epochs: number
  /** Evaluations that are still to come, and rows of one. */
  readonly evaluationsLeft: number
}

interface Sample {
  readonly rows: number
  readonly seconds: number
}

/** Steps that the rate is taken over. */
const window = 20

/** Measures the rate of training and says how long the rest will take. */
export class PaceMeter {
  private readonly steps: Sample[] = []
  private evaluationSeconds: number | null = null

  stepTook(rows: number, seconds: number): void {
    this.steps.push({ rows, seconds })
    if (this.steps.length > window) this.steps.shift()
  }

  evaluationTook(seconds: number): void {
    this.evaluationSeconds = seconds
  }

  /** Training rows per second over the last steps; null before the first. */
  samplesPerSecond(): number | null {
    const seconds = this.sum((sample) => sample.seconds)
    return seconds === 0 ? null : this.sum((sample) => sample.rows) / seconds
  }

  progress(phase: Phase, pace: Pace): RunProgress {
    const { step, totalSteps, epoch, epochs } = pace
    return {
      phase,
      step,
      totalSteps,
      epoch,
      epochs,
      samplesPerSecond: this.samplesPerSecond(),
      remainingSeconds: this.remaining(pace),
    }
  }

  private remaining(pace: Pace): number | null {
    if (this.steps.length === 0) return null
    const perStep = this.sum((sample) => sample.seconds) / this.steps.length
    const evaluations = pace.evaluationsLeft * (this.evaluationSeconds ?? 0)
    return perStep * (pace.totalSteps - pace.step) + evaluations
  }

  private sum(of: (sample: Sample) => number): number {
    return this.steps.reduce((total, sample) => total + of(sample), 0)
  }
}
