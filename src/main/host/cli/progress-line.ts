import type { RunProgress } from '@shared/domain'
import { formatMetric, formatSeconds } from './format'

/** How far a run is, in a line. */
export function describeProgress(progress: RunProgress, loss: number | null): string {
  const { phase, step, totalSteps, epoch, epochs, samplesPerSecond, remainingSeconds } = progress
  const what = phase === 'settling' ? 'trying ways to train' : phase
  if (totalSteps === 0) return `${what} …`
  return [
    phase === 'training' ? `epoch ${formatMetric(Number(epoch.toFixed(2)))}/${epochs}` : what,
    `step ${step}/${totalSteps}`,
    ...(loss === null ? [] : [`loss ${formatMetric(loss)}`]),
    ...(samplesPerSecond === null ? [] : [`${samplesPerSecond.toFixed(1)} samples/s`]),
    ...(remainingSeconds === null ? [] : [`${formatSeconds(remainingSeconds)} left`]),
  ].join('  ')
}
