import type { RunId, Series } from '@shared/domain'
import type { MetricBlock } from '@shared/trainer'
import {
  blockPoints,
  decode,
  encode,
  group,
  joinPoints,
  levelFactor,
  noPoints,
  slicePoints,
  type Points,
} from './blocks'
import { all, first, write, type ReadableDatabase, type WritableDatabase } from './database'

interface SeriesRow {
  readonly id: number
  readonly name: string
  readonly points: number
  readonly last_step: number
}

interface BlockRow {
  readonly position: number
  readonly points: number
  readonly data: Uint8Array
}

export const seriesNames = (db: ReadableDatabase, run: RunId): readonly string[] =>
  all<{ name: string }>(db, 'SELECT name FROM series WHERE run = $run ORDER BY name', { run }).map(
    (row) => row.name,
  )

const findSeries = (db: ReadableDatabase, run: RunId, name: string): SeriesRow | undefined =>
  first<SeriesRow>(
    db,
    'SELECT id, name, points, last_step FROM series WHERE run = $run AND name = $name',
    { run, name },
  )

/**
 * Appends the points of a block whose step is greater than the last stored one (a resumed run
 * repeats steps since its checkpoint), and returns those points, or null when there are none.
 */
export function appendSeries(db: WritableDatabase, run: RunId, block: MetricBlock): Series | null {
  const stored = findSeries(db, run, block.series)
  const points = newPoints(block, stored?.last_step ?? -Infinity)
  const lastStep = points.step.at(-1)
  if (lastStep === undefined) return null
  const id = stored?.id ?? insertSeries(db, run, block.series)
  appendLevel(db, id, 0, points)
  write(db, 'UPDATE series SET points = points + $points, last_step = $lastStep WHERE id = $id', {
    id,
    points: points.step.length,
    lastStep,
  })
  return toSeries(block.series, points, points.step.length, true)
}

function insertSeries(db: WritableDatabase, run: RunId, name: string): number {
  const row = first<{ id: number }>(
    db,
    'INSERT INTO series (run, name, points, last_step) VALUES ($run, $name, 0, -1) RETURNING id',
    { run, name },
  )
  return row?.id ?? 0
}

function newPoints(block: MetricBlock, after: number): Points {
  const kept: number[] = []
  let last = after
  block.step.forEach((step, index) => {
    if (step > last) {
      kept.push(index)
      last = step
    }
  })
  const pick = (column: readonly number[]): readonly number[] =>
    kept.map((index) => column[index] ?? NaN)
  const value = pick(block.value)
  return {
    step: pick(block.step),
    value,
    seconds: pick(block.seconds),
    epoch: pick(block.epoch),
    samples: pick(block.samples),
    min: value,
    max: value,
    count: value.map(() => 1),
  }
}

/** Fills the open block and starts new ones; every block that fills up feeds the next level. */
function appendLevel(db: WritableDatabase, series: number, level: number, points: Points): void {
  const open = openBlock(db, series, level)
  let position = open?.position ?? nextBlock(db, series, level)
  let rest = open === undefined ? points : joinPoints([decode(open.data, level), points])
  while (rest.step.length > 0) {
    const block = slicePoints(rest, 0, blockPoints)
    putBlock(db, series, level, position, block)
    if (block.step.length === blockPoints) {
      appendLevel(db, series, level + 1, group(block, levelFactor))
    }
    rest = slicePoints(rest, blockPoints, rest.step.length)
    position += 1
  }
}

const nextBlock = (db: ReadableDatabase, series: number, level: number): number =>
  first<{ next: number }>(
    db,
    `SELECT ifnull(max(position) + 1, 0) AS next FROM blocks
     WHERE series = $series AND level = $level`,
    { series, level },
  )?.next ?? 0

function putBlock(
  db: WritableDatabase,
  series: number,
  level: number,
  position: number,
  points: Points,
): void {
  write(
    db,
    `INSERT INTO blocks (series, level, position, points, first_step, last_step, data)
     VALUES ($series, $level, $position, $points, $firstStep, $lastStep, $data)
     ON CONFLICT (series, level, position) DO UPDATE SET
       points = excluded.points, first_step = excluded.first_step,
       last_step = excluded.last_step, data = excluded.data`,
    {
      series,
      level,
      position,
      points: points.step.length,
      firstStep: points.step[0] ?? 0,
      lastStep: points.step.at(-1) ?? 0,
      data: encode(points, level),
    },
  )
}

const openBlock = (db: ReadableDatabase, series: number, level: number): BlockRow | undefined =>
  first<BlockRow>(
    db,
    `SELECT position, points, data FROM blocks
     WHERE series = $series AND level = $level AND points < $full`,
    { series, level, full: blockPoints },
  )

export interface SeriesRange {
  readonly fromStep: number
  readonly toStep: number
  /** Most points to return. */
  readonly points: number
}

/**
 * A curve between two steps with at most `range.points` points: raw where they suffice, else from
 * the coarsest level that is still finer, merged to the number asked for. Null when the run has
 * no such series.
 */
export function readSeries(
  db: ReadableDatabase,
  run: RunId,
  name: string,
  range: SeriesRange,
): Series | null {
  const stored = findSeries(db, run, name)
  if (stored === undefined) return null
  const rawPoints = countPoints(db, stored.id, range)
  let level = 0
  while (rawPoints / levelFactor ** (level + 1) >= range.points) level += 1
  const points = readLevel(db, stored.id, level, range)
  const size = Math.ceil(points.step.length / range.points)
  return toSeries(name, group(points, size), rawPoints, level === 0 && size <= 1)
}

const toSeries = (name: string, points: Points, rawPoints: number, raw: boolean): Series => ({
  name,
  step: points.step,
  value: points.value,
  min: points.min,
  max: points.max,
  seconds: points.seconds,
  epoch: points.epoch,
  samples: points.samples,
  rawPoints,
  raw,
})

/** Raw points in the range; only the two blocks at its borders are decoded. */
function countPoints(db: ReadableDatabase, series: number, range: SeriesRange): number {
  const bounds = { series, fromStep: range.fromStep, toStep: range.toStep }
  const inside = first<{ points: number }>(
    db,
    `SELECT ifnull(sum(points), 0) AS points FROM blocks
     WHERE series = $series AND level = 0 AND first_step >= $fromStep AND last_step <= $toStep`,
    bounds,
  )
  const border = all<BlockRow>(
    db,
    `SELECT position, points, data FROM blocks
     WHERE series = $series AND level = 0 AND last_step >= $fromStep AND first_step <= $toStep
       AND NOT (first_step >= $fromStep AND last_step <= $toStep)`,
    bounds,
  )
  return border.reduce(
    (sum, block) => sum + within(decode(block.data, 0), range).step.length,
    inside?.points ?? 0,
  )
}

/**
 * The points of a level in the range, followed by what has not reached that level yet: the open
 * blocks of the finer levels, grouped to the same size.
 */
function readLevel(
  db: ReadableDatabase,
  series: number,
  level: number,
  range: SeriesRange,
): Points {
  const blocks = all<BlockRow>(
    db,
    `SELECT position, points, data FROM blocks
     WHERE series = $series AND level = $level AND last_step >= $fromStep
       AND position <= ifnull((SELECT min(position) FROM blocks
         WHERE series = $series AND level = $level AND last_step > $toStep), $last)
     ORDER BY position`,
    {
      series,
      level,
      fromStep: range.fromStep,
      toStep: range.toStep,
      last: Number.MAX_SAFE_INTEGER,
    },
  )
  const parts = blocks.map((block) => within(decode(block.data, level), range))
  for (let finer = level - 1; finer >= 0; finer -= 1) {
    const open = openBlock(db, series, finer)
    if (open === undefined) continue
    const tail = within(decode(open.data, finer), range)
    parts.push(group(tail, levelFactor ** (level - finer)))
  }
  return parts.length === 0 ? noPoints : joinPoints(parts)
}

/** Steps ascend, so the points of a range lie together. */
function within(points: Points, range: SeriesRange): Points {
  const before = points.step.findIndex((step) => step >= range.fromStep)
  if (before === -1) return noPoints
  const after = points.step.findIndex((step) => step > range.toStep)
  return slicePoints(points, before, after === -1 ? points.step.length : after)
}
