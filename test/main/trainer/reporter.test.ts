import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunProgress } from '../../../src/shared/domain/run'
import type { TrainerMessage } from '../../../src/shared/trainer'
import { openJournal, type Journal } from '../../../src/main/trainer/journal'
import { Reporter } from '../../../src/main/trainer/reporter'

describe('the reporter', () => {
  let folder: string
  let path: string
  let journal: Journal
  let now: number
  let sent: TrainerMessage[]
  let reporter: Reporter

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reporter-'))
    path = join(folder, 'events.ndjson')
    journal = openJournal(path)
    now = 0
    sent = []
    reporter = new Reporter(
      journal,
      (message) => {
        const lines = readFileSync(path, 'utf8').split('\n').length - 1
        if (message.type === 'event') expect(lines).toBe(message.recorded.seq)
        sent.push(message)
      },
      () => now,
    )
  })
  afterEach(() => {
    journal.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const point = (step: number, values: Readonly<Record<string, number>>): void => {
    reporter.point({ step, seconds: step / 10, epoch: step / 100, samples: step * 4, values })
  }
  const events = () => sent.flatMap((m) => (m.type === 'event' ? [m.recorded.event] : []))

  it('gathers points of half a second into one block a series', () => {
    for (let step = 1; step <= 4; step++) {
      now = step * 150
      point(step, step === 2 ? { loss: step, extra: 7 } : { loss: step })
    }
    expect(events()).toEqual([
      {
        type: 'metrics',
        blocks: [
          {
            series: 'loss',
            step: [1, 2, 3, 4],
            value: [1, 2, 3, 4],
            seconds: [0.1, 0.2, 0.3, 0.4],
            epoch: [0.01, 0.02, 0.03, 0.04],
            samples: [4, 8, 12, 16],
          },
          { series: 'extra', step: [2], value: [7], seconds: [0.2], epoch: [0.02], samples: [8] },
        ],
      },
    ])
  })

  it('tells the points before what follows from them', () => {
    point(1, { loss: 1 })
    reporter.log('info', 'then')
    expect(events().map((event) => event.type)).toEqual(['metrics', 'log'])
  })

  it('sends progress of a new phase at once, otherwise twice a second', () => {
    const progress = (phase: RunProgress['phase'], step: number): void => {
      reporter.progress({
        phase,
        step,
        totalSteps: 10,
        epoch: 0,
        epochs: 1,
        samplesPerSecond: null,
        remainingSeconds: null,
      })
    }
    progress('training', 1)
    now = 100
    progress('training', 2)
    progress('evaluating', 2)
    now = 700
    progress('evaluating', 3)
    expect(sent.flatMap((m) => (m.type === 'progress' ? [m.progress.step] : []))).toEqual([1, 2, 3])
    expect(readFileSync(path, 'utf8')).toBe('')
  })
})
