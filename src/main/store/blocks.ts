/** Raw points of a block, and points of one level that make one of the next. */
export const blockPoints = 1024
export const levelFactor = 16

/**
 * Points of a curve, one array a column, all of one length. At level 0 `min`, `max` and `value`
 * are the same and `count` is 1; above, a point stands for `count` raw points: their mean, least
 * and greatest value, and the step, seconds, epoch and samples of the last of them.
 */
export interface Points {
  readonly step: readonly number[]
  readonly value: readonly number[]
  readonly seconds: readonly number[]
  readonly epoch: readonly number[]
  readonly samples: readonly number[]
  readonly min: readonly number[]
  readonly max: readonly number[]
  readonly count: readonly number[]
}

const rawColumns = ['step', 'value', 'seconds', 'epoch', 'samples'] as const
const bucketColumns = [...rawColumns, 'min', 'max', 'count'] as const
type Column = (typeof bucketColumns)[number]

export const noPoints: Points = {
  step: [],
  value: [],
  seconds: [],
  epoch: [],
  samples: [],
  min: [],
  max: [],
  count: [],
}

const mapColumns = (map: (column: Column) => readonly number[]): Points => ({
  step: map('step'),
  value: map('value'),
  seconds: map('seconds'),
  epoch: map('epoch'),
  samples: map('samples'),
  min: map('min'),
  max: map('max'),
  count: map('count'),
})

export const slicePoints = (points: Points, from: number, to: number): Points =>
  mapColumns((column) => points[column].slice(from, to))

export const joinPoints = (parts: readonly Points[]): Points =>
  mapColumns((column) => parts.flatMap((part) => part[column]))

/** Packs the columns one after another as little-endian float64. */
export function encode(points: Points, level: number): Uint8Array {
  const columns = level === 0 ? rawColumns : bucketColumns
  const length = points.step.length
  const packed = new Float64Array(columns.length * length)
  columns.forEach((column, index) => packed.set(points[column], index * length))
  return new Uint8Array(packed.buffer)
}

/** The inverse of encode. */
export function decode(data: Uint8Array, level: number): Points {
  const columns = level === 0 ? rawColumns : bucketColumns
  const bytes = new Uint8Array(data)
  const packed = new Float64Array(bytes.buffer)
  const length = packed.length / columns.length
  const column = (name: Column): readonly number[] => {
    const index = (columns as readonly Column[]).indexOf(name)
    return Array.from(packed.subarray(index * length, (index + 1) * length))
  }
  if (level > 0) return mapColumns(column)
  const value = column('value')
  const ones = value.map(() => 1)
  return mapColumns((name) => {
    if (name === 'min' || name === 'max') return value
    return name === 'count' ? ones : column(name)
  })
}

/** Merges each `size` neighbours into one point; the last group may be smaller. */
export function group(points: Points, size: number): Points {
  if (size <= 1) return points
  const groups = Math.ceil(points.step.length / size)
  const grouped: Record<Column, number[]> = {
    step: [],
    value: [],
    seconds: [],
    epoch: [],
    samples: [],
    min: [],
    max: [],
    count: [],
  }
  for (let index = 0; index < groups; index += 1) {
    const from = index * size
    const to = Math.min(points.step.length, from + size)
    for (const column of ['step', 'seconds', 'epoch', 'samples'] as const) {
      grouped[column].push(points[column][to - 1] ?? NaN)
    }
    const summary = summarize(points, from, to)
    grouped.value.push(summary.mean)
    grouped.min.push(summary.min)
    grouped.max.push(summary.max)
    grouped.count.push(summary.count)
  }
  return grouped
}

/** Values that are not finite (a diverged loss) make the mean so, but not the bounds. */
function summarize(
  points: Points,
  from: number,
  to: number,
): { readonly mean: number; readonly min: number; readonly max: number; readonly count: number } {
  let sum = 0
  let count = 0
  let min = Infinity
  let max = -Infinity
  for (let index = from; index < to; index += 1) {
    const weight = points.count[index] ?? 1
    sum += (points.value[index] ?? NaN) * weight
    count += weight
    const low = points.min[index] ?? NaN
    const high = points.max[index] ?? NaN
    if (low < min) min = low
    if (high > max) max = high
  }
  const bounded = min <= max
  return { mean: sum / count, min: bounded ? min : NaN, max: bounded ? max : NaN, count }
}
