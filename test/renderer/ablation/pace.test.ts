import type { RunId } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { paceOf } from '../../../src/renderer/ablation/pace'
import { exampleRun } from '../runs/exampleRun'
import { exampleCell } from './exampleAblation'

const run = (id: string, seconds: number | null) =>
  exampleRun({
    id: id as RunId,
    startedAt: 1000,
    endedAt: seconds === null ? null : 1000 + seconds * 1000,
  })

const cell = (id: string, labels: number, state = 'finished', arm = 'none') =>
  exampleCell({ run: id as RunId, labels, state, arm })

describe('the pace of an ablation', () => {
  it('is not known before a run has ended', () => {
    expect(paceOf([cell('a', 16, 'running')], [run('a', null)])).toEqual({
      perMinute: null,
      remainingSeconds: null,
    })
    expect(paceOf([], [])).toEqual({ perMinute: null, remainingSeconds: null })
  })

  it('expects as long as runs with as many labels took', () => {
    const cells = [cell('a', 16), cell('b', 256), cell('c', 16, 'queued'), cell('d', 256, 'queued')]
    const pace = paceOf(cells, [run('a', 10), run('b', 50), run('c', null), run('d', null)])
    expect(pace).toEqual({ perMinute: 2, remainingSeconds: 60 })
  })

  it('expects as long as runs of the same arm took, where there are any', () => {
    const ended = [cell('a', 16), cell('b', 16, 'finished', 'prediction')]
    const missing = ['none', 'prediction', 'both'].map((arm) => cell(arm, 16, 'queued', arm))
    const pace = paceOf([...ended, ...missing], [run('a', 50), run('b', 10)])
    expect(pace.remainingSeconds).toBe(50 + 10 + 30)
  })

  it('expects the mean where no such run has ended', () => {
    const cells = [cell('a', 16), cell('b', 16), cell('c', 1024, 'queued')]
    expect(paceOf(cells, [run('a', 10), run('b', 30)]).remainingSeconds).toBe(20)
  })

  it('counts the usual gap between two runs, but no stop', () => {
    const at = (id: string, from: number, to: number) =>
      exampleRun({ id: id as RunId, startedAt: from * 1000, endedAt: to * 1000 })
    const runs = [at('a', 0, 10), at('b', 12, 22), at('c', 24, 34), at('d', 9000, 9010)]
    const cells = [...'abcd'].map((id) => cell(id, 16))
    expect(paceOf([...cells, cell('e', 16, 'queued')], runs)).toEqual({
      perMinute: 5,
      remainingSeconds: 12,
    })
  })

  it('counts failed runs as over', () => {
    expect(paceOf([cell('a', 16, 'failed')], [run('a', 4)])).toEqual({
      perMinute: 15,
      remainingSeconds: null,
    })
  })
})
