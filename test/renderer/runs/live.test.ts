import { describe, expect, it } from 'vitest'
import type { ExamplePrediction, LogLine, RunId, RunState } from '@shared/domain'
import type { ErrorCode } from '@shared/errors'
import { complete } from '../../../src/renderer/runs/completion'
import { watchedRows, withExamples, withLines } from '../../../src/renderer/runs/liveRecord'
import {
  classRows,
  leadingMetrics,
  metricChange,
  metricRows,
} from '../../../src/renderer/runs/metrics'
import {
  applyChange,
  applyProgress,
  movedInQueue,
  withoutRuns,
} from '../../../src/renderer/runs/runEvents'
import { actionsOf, shareDone } from '../../../src/renderer/runs/runState'
import { exampleRun } from './exampleRun'

const run = (id: string, fields = {}) => exampleRun({ id: id as RunId, ...fields })
const ids = (runs: readonly { readonly id: string }[]) => runs.map(({ id }) => id)

describe('the list of runs, as events arrive', () => {
  it('replaces a run in its place and appends a new one', () => {
    const list = [run('a'), run('b')]
    const changed = applyChange(list, run('a', { name: 'New name' }), false)
    expect(changed[0]?.name).toBe('New name')
    expect(ids(applyChange(list, run('c'), false))).toEqual(['a', 'b', 'c'])
  })

  it('lets an archived run go unless archived ones are shown', () => {
    const list = [run('a'), run('b')]
    expect(ids(applyChange(list, run('a', { archived: true }), false))).toEqual(['b'])
    expect(ids(applyChange(list, run('a', { archived: true }), true))).toEqual(['a', 'b'])
  })

  it('takes the progress of a run it knows and is itself for any other', () => {
    const list = [run('a')]
    const progress = {
      phase: 'training',
      step: 3,
      totalSteps: 9,
      epoch: 0.3,
      epochs: 1,
      samplesPerSecond: null,
      remainingSeconds: null,
    } as const
    expect(applyProgress(list, 'a' as RunId, progress)[0]?.progress?.step).toBe(3)
    expect(applyProgress(list, 'x' as RunId, progress)).toBe(list)
  })

  it('forgets deleted runs', () => {
    expect(ids(withoutRuns([run('a'), run('b')], ['b' as RunId]))).toEqual(['a'])
  })

  it('moves a run in the queue up to either end', () => {
    const queue = [run('a'), run('b'), run('c')]
    expect(movedInQueue(queue, 'c' as RunId, -1)).toEqual(['a', 'c', 'b'])
    expect(movedInQueue(queue, 'a' as RunId, 9)).toEqual(['b', 'c', 'a'])
    expect(movedInQueue(queue, 'a' as RunId, -1)).toEqual(['a', 'b', 'c'])
  })
})

describe('how much of a run is done', () => {
  const progress = {
    ...{ phase: 'settling', step: 3, totalSteps: 12, epoch: 0, epochs: 1 },
    ...{ samplesPerSecond: null, remainingSeconds: null },
  } as const

  it('is the share of its steps, also of its trials before it counts as running', () => {
    expect(shareDone(run('a', { state: { kind: 'starting' }, progress }))).toBe(0.25)
    expect(shareDone(run('a', { state: { kind: 'running' }, progress }))).toBe(0.25)
  })

  it('is not said while nobody knows how much there is, nor of a run that rests', () => {
    const unknown = { ...progress, step: 0, totalSteps: 0 }
    expect(shareDone(run('a', { state: { kind: 'starting' }, progress: unknown }))).toBeNull()
    expect(shareDone(run('a', { state: { kind: 'paused' }, progress }))).toBeNull()
    expect(shareDone(run('a', { state: { kind: 'running' }, progress: null }))).toBeNull()
  })
})

describe('what can be done with a run', () => {
  const inState = (state: RunState, fields = {}) => actionsOf(run('a', { state, ...fields }))

  it('is pause and stop while it works', () => {
    expect(inState({ kind: 'running' })).toMatchObject({
      pause: true,
      stop: true,
      resume: false,
      remove: false,
    })
    expect(inState({ kind: 'queued', position: 1 })).toMatchObject({ pause: false, stop: true })
  })

  it('is to resume, with or without a checkpoint, until it is finished', () => {
    expect(inState({ kind: 'paused' }, { resumable: true }).resume).toBe(true)
    expect(inState({ kind: 'stopped' }, { resumable: false }).resume).toBe(true)
    expect(inState({ kind: 'finished' }, { resumable: true }).resume).toBe(false)
    expect(inState({ kind: 'stopped' }, { resumable: false, steps: 0 }).resume).toBe(true)
  })

  it('is to resume a failed run only where it may come further', () => {
    const failed = (code: ErrorCode): RunState => ({ kind: 'failed', error: { code, message: '' } })
    expect(inState(failed('disk.full'), { resumable: true }).resume).toBe(true)
    expect(inState(failed('disk.full'), { resumable: false }).resume).toBe(true)
    expect(inState(failed('data.oneClass'), { resumable: true }).resume).toBe(false)
    const lost = { kind: 'interrupted', error: { code: 'trainer.crashed', message: '' } } as const
    expect(inState(lost, { resumable: false }).resume).toBe(true)
  })

  it('is to extend and to export once it is finished', () => {
    expect(inState({ kind: 'finished' })).toMatchObject({
      resume: false,
      extend: true,
      exported: true,
      remove: true,
    })
    // A head that was solved, or trainings that were combined, leave no steps of the run's own.
    expect(inState({ kind: 'finished' }, { steps: 0 }).exported).toBe(true)
    expect(inState({ kind: 'stopped' }, { steps: 0, resumable: false }).exported).toBe(false)
    const { recipe } = run('a')
    const results = { ...recipe, checkpoint: { ...recipe.checkpoint, keep: 'none' } }
    expect(inState({ kind: 'finished' }, { recipe: results }).exported).toBe(false)
    // Until it has finished its checkpoint is there.
    expect(inState({ kind: 'stopped' }, { recipe: results, resumable: true }).exported).toBe(true)
  })
})

describe('the record of a live run', () => {
  const line = (seq: number): LogLine => ({ seq, time: seq, level: 'info', message: `line ${seq}` })
  const answer = (row: number, step: number, predicted = 'positive'): ExamplePrediction => ({
    row,
    text: 'text',
    label: 'positive',
    predicted,
    probability: 0.6,
    step,
  })

  it('takes each line of the log once', () => {
    const known = [line(1), line(2)]
    expect(withLines(known, [line(2), line(3)]).map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(withLines(known, [line(1)])).toBe(known)
  })

  it('keeps the course of each watched row, whatever order the answers come in', () => {
    const all = withExamples([answer(1, 20)], [answer(1, 10, 'negative'), answer(2, 20)])
    const rows = watchedRows(all)
    expect(rows.map(({ row }) => row)).toEqual([1, 2])
    expect(rows[0]?.answers.map(({ step }) => step)).toEqual([10, 20])
    expect(rows[0]?.last.predicted).toBe('positive')
  })

  it('replaces an answer that a resumed run gives again', () => {
    expect(withExamples([answer(1, 10)], [answer(1, 10, 'negative')])).toEqual([
      answer(1, 10, 'negative'),
    ])
  })
})

describe('the metrics of a run', () => {
  const metrics = {
    'train.loss': 0.4,
    'validation.loss': 0.5,
    'test.loss': 0.6,
    'test.accuracy': 0.7,
    'test.f1.no': 0.65,
    'test.precision.no': 0.8,
    'test.recall.no': 0.55,
  }

  it('are laid out a measure a row, without those of single classes', () => {
    expect(metricRows(metrics)).toEqual([
      { measure: 'loss', values: { train: 0.4, validation: 0.5, test: 0.6 } },
      { measure: 'accuracy', values: { test: 0.7 } },
    ])
  })

  it('are laid out by class with the rows of each', () => {
    expect(
      classRows(
        metrics,
        'test',
        ['no', 'yes'],
        [
          [8, 2],
          [3, 7],
        ],
      ),
    ).toEqual([
      { label: 'no', precision: 0.8, recall: 0.55, f1: 0.65, rows: 10 },
      { label: 'yes', precision: null, recall: null, f1: null, rows: 10 },
    ])
  })

  it('begin with those of the test', () => {
    expect(leadingMetrics(metrics)[0]).toBe('test.accuracy')
  })

  it('are better when a loss falls and when an accuracy rises', () => {
    expect(metricChange('test.loss', 0.4, 0.5)?.verdict).toBe('better')
    expect(metricChange('test.accuracy', 0.4, 0.5)?.verdict).toBe('worse')
    expect(metricChange('test.accuracy', 0.4, undefined)).toBeNull()
  })
})

describe('completion after a whole comparison', () => {
  it('offers the words that join it to the next one', () => {
    expect(complete('accuracy > 0.5 a', 16, []).map(({ text }) => text)).toEqual(['and'])
    expect(complete('state = "failed" ', 17, []).map(({ text }) => text)).toEqual(['and', 'or'])
  })
})
