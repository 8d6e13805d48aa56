import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunId } from '@shared/domain'
import type { MetricBlock } from '@shared/trainer'
import type { Store } from '../../../src/main/store'
import { appendSeries, openStore, readSeries, transaction } from '../../../src/main/store'
import { addRun } from './support'

const everything = { fromStep: 0, toStep: Infinity }

/** A curve with a spike, so that least and greatest values are told apart from means. */
const valueAt = (step: number): number => Math.sin(step / 50) + (step === 777_777 ? 100 : 0)

function block(from: number, to: number): MetricBlock {
  const step = Array.from({ length: to - from }, (_, index) => from + index)
  return {
    series: 'train.loss',
    step,
    value: step.map(valueAt),
    seconds: step.map((each) => each / 10),
    epoch: step.map((each) => each / 1000),
    samples: step.map((each) => each * 32),
  }
}

describe('series', () => {
  let folder: string
  let store: Store
  let run: RunId
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'graftbench-series-'))
    store = openStore({ file: join(folder, 'graftbench.db'), backups: join(folder, 'backups') })
    run = addRun(store.db)
  })
  afterEach(() => {
    store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const append = (points: MetricBlock): ReturnType<typeof appendSeries> =>
    transaction(store.db, () => appendSeries(store.db, run, points))
  const read = (points: number, fromStep = 0, toStep = Infinity) => {
    const found = readSeries(store.db, run, 'train.loss', { fromStep, toStep, points })
    if (found === null) throw new Error('The series is missing.')
    return found
  }

  it('come back as they went in, whatever the size of the pieces', () => {
    let from = 1
    for (const size of [1, 3, 1020, 1, 2047, 500]) {
      append(block(from, from + size))
      from += size
    }
    const series = read(100_000)
    const expected = block(1, from)
    expect(series).toMatchObject({ raw: true, rawPoints: from - 1 })
    expect(series.step).toEqual(expected.step)
    expect(series.value).toEqual(expected.value)
    expect(series.min).toEqual(expected.value)
    expect(series.seconds).toEqual(expected.seconds)
    expect(series.epoch).toEqual(expected.epoch)
    expect(series.samples).toEqual(expected.samples)
  })

  it('ignore points that a resumed run repeats', () => {
    append(block(1, 11))
    expect(append(block(6, 11))).toBeNull()
    const added = append(block(6, 16))
    expect(added?.step).toEqual([11, 12, 13, 14, 15])
    expect(read(100).step).toEqual(block(1, 16).step)
  })

  it('keep a loss that is not a number', () => {
    append({ ...block(1, 4), value: [1, NaN, Infinity] })
    expect(read(100).value).toEqual([1, NaN, Infinity])
  })

  it('are read between two steps', () => {
    append(block(1, 5001))
    const series = read(10_000, 1000, 2030)
    expect(series.step).toEqual(block(1000, 2031).step)
    expect(series.rawPoints).toBe(1031)
    expect(read(10_000, 6000, 7000)).toMatchObject({ step: [], rawPoints: 0 })
  })

  it('of a million points open at screen resolution at once, and zoom to the raw points', () => {
    const total = 1_000_000
    transaction(store.db, () => {
      for (let from = 1; from <= total; from += 50_000) {
        appendSeries(store.db, run, block(from, from + 50_000))
      }
    })
    append(block(total + 1, total + 38))
    read(2000)
    const started = performance.now()
    const series = read(2000)
    expect(performance.now() - started).toBeLessThan(150)
    expect(series.rawPoints).toBe(total + 37)
    expect(series.raw).toBe(false)
    expect(series.step.length).toBeGreaterThan(1000)
    expect(series.step.length).toBeLessThanOrEqual(2000)
    expect(series.step.at(-1)).toBe(total + 37)
    expect(Math.max(...series.max)).toBe(valueAt(777_777))
    checkBuckets(series)
    const zoomed = read(2000, 777_000, 778_000)
    expect(zoomed.raw).toBe(true)
    expect(zoomed.step).toEqual(block(777_000, 778_001).step)
    checkBuckets(read(500, 100_000, 900_000))
  }, 60_000)

  it('of a run are gone with it', () => {
    append(block(1, 3000))
    store.db.prepare('DELETE FROM runs WHERE id = ?').run(run)
    expect(readSeries(store.db, run, 'train.loss', { ...everything, points: 10 })).toBeNull()
    expect(store.db.prepare('SELECT count(*) AS n FROM blocks').get()).toEqual({ n: 0 })
  })

  /** Every bucket's bounds and mean against the raw points that it stands for. */
  function checkBuckets(series: ReturnType<typeof read>): void {
    for (let index = 1; index < series.step.length; index += 97) {
      const first = (series.step[index - 1] ?? 0) + 1
      const values = block(first, (series.step[index] ?? 0) + 1).value
      expect(series.min[index]).toBe(Math.min(...values))
      expect(series.max[index]).toBe(Math.max(...values))
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      expect(series.value[index]).toBeCloseTo(mean, 9)
    }
  }
})
