import { describe, expect, it } from 'vitest'
import type { AblationDetail, AblationId, DatasetId, ProjectId, RunId } from '@shared/domain'
import { recipeSchema } from '@shared/domain'
import { serveEngine } from '../../../src/main/engine/public'
import { labelList } from '../../../src/main/host/cli/ablate'
import { describeProgress, followAblation } from '../../../src/main/host/cli/ablation-follow'
import { describeAblation } from '../../../src/main/host/cli/ablation-tables'
import { furtherRuns, showResult } from '../../../src/main/host/cli/ablations'
import { Interrupted } from '../../../src/main/host/cli/exit'
import { createOutput } from '../../../src/main/host/cli/output'
import type { Session } from '../../../src/main/host/cli/session'
import { channelPair } from '../../../src/main/platform/channel'
import { createEngineClient } from '../../../src/main/platform/engine-client'
import { create, finishWith, openWithPack } from '../engine/ablation-support'
import type { Ready } from '../engine/harness'
import { until } from '../engine/harness'
import { started } from '../engine/scripted-trainer'

/** The session of a command with a real engine; `interrupt` is Ctrl-C. */
function sessionWith({ engine, folder }: Ready) {
  const [own, other] = channelPair()
  serveEngine(engine, other)
  const client = createEngineClient(own)
  const lines: Record<string, unknown>[] = []
  const write = (text: string): void => void lines.push(JSON.parse(text))
  let interrupt: () => void = () => undefined
  const session: Session = {
    host: { entries: folder, renderer: folder },
    workspace: folder,
    output: createOutput(true, { stdout: { write }, stderr: { write: () => undefined } }),
    engine: () => Promise.resolve(client),
    catchInterrupt: (onInterrupt) => {
      interrupt = onInterrupt
      return () => undefined
    },
    close: () => Promise.resolve(),
  }
  return { session, lines, interrupt: () => interrupt() }
}

describe('following an ablation', () => {
  it('tells its progress and a run that fails, and ends with the result alone', async () => {
    const { ready, trainer } = await openWithPack()
    const { session, lines } = sessionWith(ready)
    const followed = followAblation(session, () => create(ready))
    const first = await trainer(0)
    first.record(started())
    const error = { code: 'trainer.outOfMemory', message: 'There is no memory left.' } as const
    first.record({ type: 'ended', outcome: { kind: 'failed', error } })
    first.exit()
    for (const [index, value] of [0.7, 0.6, 0.8].entries()) {
      finishWith(await trainer(index + 1), value)
    }
    const ablation = await followed
    expect(ablation.state).toBe('failed')
    expect(lines.find(({ event }) => event === 'run.changed')).toMatchObject({
      run: { number: 1, state: { kind: 'failed', error } },
    })
    await showResult(session, ablation)
    const result = lines.at(-1) ?? {}
    expect(Object.keys(result)).toEqual(['id', 'number', 'table', 'tests', 'efficiency'])
    expect(result['table']).toMatchObject([
      { labels: 16, arm: 'none', metric: 'test.accuracy', mean: 0.6, seeds: 1 },
      { labels: 16, arm: 'both', mean: 0.8, seeds: 1 },
    ])
  })

  it('stops it at Ctrl-C so that it can be resumed', async () => {
    const { ready, trainer } = await openWithPack()
    const { session, interrupt } = sessionWith(ready)
    const followed = followAblation(session, () => create(ready))
    const failure = followed.catch((error: unknown) => error)
    const first = await trainer(0)
    first.record(started())
    interrupt()
    await until(() => first.commands.find(({ type }) => type === 'stop'), 'the word to stop')
    first.exit()
    const error = await failure
    expect(error).toBeInstanceOf(Interrupted)
    expect(error).toMatchObject({ result: { state: 'stopped', done: 0, total: 4, resume: '1' } })
    const resumed = followAblation(session, () => ready.call('ablations.resume', { ablation: '1' }))
    for (const index of [1, 2, 3, 4]) finishWith(await trainer(index), 0.5)
    expect((await resumed).state).toBe('finished')
  })

  it('follows further seeds of one that has finished', async () => {
    const { ready, trainer } = await openWithPack()
    const { session } = sessionWith(ready)
    const begun = followAblation(session, () => create(ready, { seeds: 1 }))
    for (const index of [0, 1]) finishWith(await trainer(index), 0.5)
    const before = await begun
    const extended = followAblation(session, () =>
      ready.call('ablations.extend', { ablation: '1', seeds: 2 }),
    )
    for (const index of [2, 3]) finishWith(await trainer(index), 0.75)
    const after = await extended
    expect(after).toMatchObject({ state: 'finished', seeds: 2, done: 4 })
    expect(furtherRuns(before, after)).toBe('Ablation #1 gets 2 runs more: 2 seeds instead of 1.')
  })

  it('fails with the reason of its runs where none has finished', async () => {
    const { ready, trainer } = await openWithPack()
    const { session } = sessionWith(ready)
    const followed = followAblation(session, () => create(ready, { seeds: 1 }))
    for (const index of [0, 1]) {
      const each = await trainer(index)
      each.record(started())
      const error = { code: 'trainer.lossNotFinite', message: 'Not a number.' } as const
      each.record({ type: 'ended', outcome: { kind: 'failed', error } })
      each.exit()
    }
    await expect(showResult(session, await followed)).rejects.toMatchObject({
      code: 'trainer.lossNotFinite',
    })
  })
})

describe('numbers of labels', () => {
  it('are read with commas between them', () => {
    expect(labelList.parse('16, 64,all')).toEqual([16, 64, null])
  })

  it.each(['1', '16,', 'many', '2.5', ''])('are refused: "%s"', (text) => {
    expect(labelList.safeParse(text).success).toBe(false)
  })
})

describe('the progress of an ablation', () => {
  it('has a rate and the time left once something is done', () => {
    expect(describeProgress({ done: 3, total: 150 }, 3, 5000)).toBe('3/150 runs')
    expect(describeProgress({ done: 13, total: 150 }, 3, 40_000)).toBe(
      '13/150 runs  15.0 runs/min  9 min 8 s left',
    )
  })
})

describe('the result of an ablation for a person', () => {
  const recipe = recipeSchema.parse({ model: 'm', data: { dataset: 'd' } })
  const row = { labels: 16, metric: 'test.accuracy', seeds: 10 }
  const detail: AblationDetail = {
    ablation: {
      id: 'ablation_a' as AblationId,
      number: 3,
      name: 'valence on film',
      project: 'project_a' as ProjectId,
      dataset: 'dataset_a' as DatasetId,
      datasetName: 'film',
      packName: 'valence',
      packHash: 'h',
      recipe,
      labels: [16, null],
      arms: ['none', 'both'],
      seeds: 10,
      leaveOneOut: false,
      metric: 'test.accuracy',
      state: 'failed',
      done: 40,
      total: 40,
      createdAt: 1,
      endedAt: 2,
    },
    cells: [
      { arm: 'none', labels: 16, seed: 0, run: 'run_a' as RunId, state: 'failed', value: null },
    ],
    result: {
      table: [
        { ...row, arm: 'none', mean: 0.6, low: 0.58, high: 0.62 },
        { ...row, arm: 'both', mean: 0.695, low: 0.68, high: 0.71 },
        { ...row, labels: null, arm: 'none', mean: 0.81, low: 0.8, high: 0.82 },
      ],
      tests: [
        {
          ...row,
          arm: 'both',
          against: 'none',
          difference: 0.095,
          low: 0.07,
          high: 0.12,
          p: 0.0002,
        },
      ],
      efficiency: [
        { arm: 'both', labels: 16, needed: 61.2, ratio: 3.825 },
        { arm: 'both', labels: 64, needed: null, ratio: null },
      ],
    },
  }

  it('stands in three tables', () => {
    expect(describeAblation(detail).join('\n')).toBe(
      `Ablation #3 valence on film: failed, 40 of 40 runs
Failed and left out: 1 run. Try again: graftbench ablations resume 3

test.accuracy, mean over seeds with 95% interval (bootstrap)
Labels  Arm    Mean  95% interval  Seeds
    16  none    0.6  0.58 to 0.62     10
    16  both  0.695  0.68 to 0.71     10
   all  none   0.81  0.8 to 0.82      10

Differences, paired by seed; p: permutation over seeds and rows
Labels  Arm   Against  Difference  95% interval       p  Seeds
    16  both  none         +0.095  0.07 to 0.12  <0.001     10

Labels that "none" needs for the same
Arm   Labels       None needs  Ratio
both      16               61   3.8×
both      64  more than tried`,
    )
  })

  it('says so where nothing can be compared yet', () => {
    const empty = { ...detail, cells: [], result: { table: [], tests: [], efficiency: [] } }
    expect(describeAblation(empty).at(-1)).toBe('No result yet: no seed has a run of every arm.')
  })
})
