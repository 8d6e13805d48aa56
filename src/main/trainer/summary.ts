import type { RunSummary } from '@shared/trainer'
import type { CheckpointState } from './checkpoint'

/** What a run says of itself when it ends. `metrics` are those of its evaluations. */
export function summarize(
  state: CheckpointState,
  metrics: Readonly<Record<string, number>>,
): RunSummary {
  const { sum, rows } = state.epochLoss
  return {
    steps: state.step,
    seconds: process.uptime(),
    samplesPerSecond: state.stepSeconds === 0 ? null : state.samples / state.stepSeconds,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    metrics: rows === 0 ? metrics : { 'train.loss': sum / rows, ...metrics },
  }
}
