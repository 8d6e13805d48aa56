import { describe, expect, it } from 'vitest'
import type { Comparison, RunId } from '@shared/domain'
import { addRun, removeRun, toggleRun } from '../../../src/renderer/compare/choice'
import {
  hasClassMetrics,
  linesToTsv,
  metricLines,
  settingLines,
  settingText,
} from '../../../src/renderer/compare/matrix'
import { exampleRun } from '../runs/exampleRun'

const run = (number: number) =>
  exampleRun({ id: `run_${number}` as RunId, number, name: `Run ${number}` })

const comparison: Comparison = {
  runs: [run(1), run(2), run(3)],
  baseline: 1,
  metrics: [
    {
      metric: 'test.accuracy',
      values: [0.8, 0.7, null],
      deltas: [0.1, 0, null],
      better: 'higher',
    },
    { metric: 'test.loss', values: [0.6, 0.5, 0.5], deltas: [0.1, 0, 0], better: 'lower' },
    { metric: 'test.f1.positive', values: [1, 1, 1], deltas: [0, 0, 0], better: 'higher' },
  ],
  differences: [
    { path: 'optimizer.learningRate', values: [5e-5, 2e-4, 2e-4] },
    { path: 'clip', values: [1, null, 1] },
    { path: 'train', values: ['all', { lastLayers: 2 }, 'all'] },
  ],
  confusions: [null, null, null],
  series: [],
}

const verdicts = (key: string) =>
  metricLines(comparison, true)
    .find((line) => line.key === key)
    ?.cells.map((cell) => (cell.kind === 'metric' ? cell.verdict : null))

describe('the metric table of a comparison', () => {
  it('says better or worse by what is better for the metric, not by the sign', () => {
    expect(verdicts('test.accuracy')).toEqual(['better', 'baseline', 'unknown'])
    expect(verdicts('test.loss')).toEqual(['worse', 'baseline', 'same'])
  })

  it('sets off the best value, and none where all are the same', () => {
    const best = (key: string) =>
      metricLines(comparison, true)
        .find((line) => line.key === key)
        ?.cells.map((cell) => cell.kind === 'metric' && cell.best)
    expect(best('test.accuracy')).toEqual([true, false, false])
    expect(best('test.loss')).toEqual([false, true, true])
    expect(best('test.f1.positive')).toEqual([false, false, false])
  })

  it('shows the metrics of single classes only on demand', () => {
    expect(hasClassMetrics(comparison)).toBe(true)
    expect(metricLines(comparison, false).map((line) => line.key)).toEqual([
      'test.accuracy',
      'test.loss',
    ])
  })
})

describe('only what differs', () => {
  it('marks what is not as in the baseline', () => {
    expect(settingLines(comparison).map((line) => line.cells)).toEqual([
      [
        { kind: 'setting', text: '5e-5', differs: true },
        { kind: 'setting', text: '2e-4', differs: false },
        { kind: 'setting', text: '2e-4', differs: false },
      ],
      [
        { kind: 'setting', text: '1', differs: true },
        { kind: 'setting', text: 'null', differs: false },
        { kind: 'setting', text: '1', differs: true },
      ],
      [
        { kind: 'setting', text: 'all', differs: true },
        { kind: 'setting', text: '{"lastLayers":2}', differs: false },
        { kind: 'setting', text: 'all', differs: true },
      ],
    ])
  })

  it('writes numbers as a recipe does', () => {
    expect(settingText(0.00005)).toBe('5e-5')
    expect(settingText(0)).toBe('0')
    expect(settingText(0.1)).toBe('0.1')
  })

  it('copies as a row a setting and a column a run', () => {
    expect(linesToTsv(comparison, settingLines(comparison))[1]).toEqual([
      'optimizer.learningRate',
      '5e-5',
      '2e-4',
      '2e-4',
    ])
    expect(linesToTsv(comparison, metricLines(comparison, false))[1]).toEqual([
      'test.accuracy',
      0.8,
      0.7,
      null,
    ])
  })
})

describe('the choice of runs', () => {
  const choice = { runs: ['a', 'b'], baseline: 'b' }

  it('takes a run once', () => {
    expect(addRun(choice, 'c').runs).toEqual(['a', 'b', 'c'])
    expect(addRun(choice, 'a').runs).toEqual(['a', 'b'])
  })

  it('forgets the baseline only when that very run is taken away', () => {
    expect(removeRun(choice, 'a')).toEqual({ runs: ['b'], baseline: 'b' })
    expect(removeRun(choice, 'b')).toEqual({ runs: ['a'], baseline: null })
    expect(toggleRun(toggleRun(choice, 'a'), 'a').runs).toEqual(['b', 'a'])
  })
})
