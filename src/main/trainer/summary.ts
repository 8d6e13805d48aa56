import type { RunSummary } from '@shared/trainer'
import type { CheckpointState } from './checkpoint'

/** What this attempt has cost so far. */
export const attemptCost = (): Pick<RunSummary, 'seconds' | 'peakMemoryBytes'> => ({
  seconds: process.uptime(),
  peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
})

/** What a run says of itself when it ends. `metrics` are those of its evaluations. */
export function summarize(
  state: CheckpointState,
  metrics: Readonly<Record<string, number>>,
): RunSummary {
  const { sum, rows } = state.epochLoss
  return {
    ...attemptCost(),
    steps: state.step,
    samplesPerSecond: state.stepSeconds === 0 ? null : state.samples / state.stepSeconds,
    metrics: rows === 0 ? metrics : { 'train.loss': sum / rows, ...metrics },
  }
}
