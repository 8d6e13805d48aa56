import { describe, expect, it } from 'vitest'
import { describeProgress } from '../../../src/main/host/cli/progress-line'
import type { RunProgress } from '../../../src/shared/domain'

const progress: RunProgress = {
  ...{ phase: 'training', step: 30, totalSteps: 120, epoch: 0.5, epochs: 2 },
  ...{ samplesPerSecond: 64, remainingSeconds: 125 },
}

describe('the line that says how far a run is', () => {
  it('names epoch, step, loss, rate and remaining time while it trains', () => {
    expect(describeProgress(progress, 0.5)).toBe(
      'epoch 0.5/2  step 30/120  loss 0.5  64.0 samples/s  2 min 5 s left',
    )
  })

  it('counts the steps of trials, and says nothing of epochs', () => {
    const settling = { ...progress, phase: 'settling', epoch: 0 } as const
    expect(describeProgress(settling, null)).toBe(
      'trying ways to train  step 30/120  64.0 samples/s  2 min 5 s left',
    )
  })

  it('names only what is done while nobody knows how much there is', () => {
    const unknown = { ...progress, step: 0, totalSteps: 0 }
    expect(describeProgress({ ...unknown, phase: 'settling' }, null)).toBe('trying ways to train …')
    expect(describeProgress({ ...unknown, phase: 'tokenizing' }, null)).toBe('tokenizing …')
  })
})
