import { describe, expect, it } from 'vitest'
import { oneAnswerWarning } from '../../../src/main/engine/one-answer'
import type { Confusion } from '../../../src/shared/domain'
import { ended, openReadyEngine, until } from './harness'
import { createScriptedLauncher, finished, metrics, started } from './scripted-trainer'

const confusion = (counts: Confusion['counts'], split: Confusion['split'] = 'test'): Confusion => ({
  ...{ split, labels: ['bad', 'good'], counts },
})

describe('a warning of answers that are all alike', () => {
  it('names part, rows, class and remedy', () => {
    const [bad, good] = [
      [0, 12],
      [0, 30],
    ]
    const warning = oneAnswerWarning(confusion([bad, good]))
    expect(warning).toMatch(/All 42 test rows are answered "good", .* 2 classes\. Train /)
  })

  it('is not given where answers differ, nor where labels do not', () => {
    const mixed = [
      [1, 11],
      [0, 30],
    ]
    const alike = [
      [0, 0],
      [0, 30],
    ]
    const none = [
      [0, 0],
      [0, 0],
    ]
    for (const counts of [mixed, alike, none]) {
      expect(oneAnswerWarning(confusion(counts))).toBeNull()
    }
  })

  it('stands in the log of a finished run, of its best evaluation and its test', async () => {
    const launcher = createScriptedLauncher()
    const ready = await openReadyEngine(launcher)
    const recipe = { model: 'tiny', data: { dataset: 'reviews', maxLength: 32 } }
    const { id } = await ready.call('runs.create', { project: 'Reviews', recipe })
    const trainer = await until(() => launcher.trainers[0], 'trainer')
    const evaluated = (of: Confusion, step: number, best: boolean) => {
      const { split } = of
      trainer.record({ type: 'evaluated', split, step, epoch: 1, metrics: {}, confusion: of, best })
    }
    const one = [
      [0, 4],
      [0, 5],
    ]
    const both = [
      [3, 1],
      [0, 5],
    ]
    trainer.record(started())
    trainer.record(metrics(1, 4))
    evaluated(confusion(one, 'validation'), 2, true)
    evaluated(confusion(both, 'validation'), 4, true)
    evaluated(confusion(one), 4, false)
    trainer.record(finished(4))
    trainer.exit()
    await ended(ready, id)
    const log = await ready.call('runs.log', { run: id })
    const warnings = log.filter(({ level }) => level === 'warning')
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^All 9 test rows are answered "good"/),
    ])
  })
})
