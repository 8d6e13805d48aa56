import type { Series } from '@shared/domain'
import type { SeriesStyle } from './palette'

export type CurveAxis = 'step' | 'epoch' | 'seconds' | 'samples'

/** One line of a chart: arrays of one length, `x` ascending. */
export interface Curve {
  readonly key: string
  readonly label: string
  readonly style: SeriesStyle
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Least and greatest raw value in each point's bucket; absent where every point is raw. */
  readonly low?: readonly number[]
  readonly high?: readonly number[]
  /** Few points that stand for themselves (evaluations): drawn as dots, never smoothed. */
  readonly sparse?: boolean
  /** Computed rather than measured (a learning rate): never smoothed. */
  readonly exact?: boolean
}

export function curveOf(
  series: Series,
  axis: CurveAxis,
  look: Pick<Curve, 'key' | 'label' | 'style' | 'sparse' | 'exact'>,
): Curve {
  const line = { ...look, x: series[axis], y: series.value }
  return series.raw ? line : { ...line, low: series.min, high: series.max }
}

/**
 * Exponential moving average with bias correction, as in Adam (Kingma & Ba 2015, section 3): the
 * first points are not drawn towards zero. `weight` in [0, 1): 0 leaves the values as they are.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values]
  let average = 0
  let correction = 1
  return values.map((value) => {
    if (!Number.isFinite(value)) return value
    average = weight * average + (1 - weight) * value
    correction *= weight
    return average / (1 - correction)
  })
}

/** Columns over one ascending x: null where a curve has no point. */
export interface AlignedCurves {
  readonly x: readonly number[]
  readonly columns: readonly (readonly (number | null)[])[]
}

/** Merges curves with different x values into columns over their union. */
export function align(
  curves: readonly { readonly x: readonly number[]; readonly y: readonly number[] }[],
): AlignedCurves {
  const x = mergeAscending(curves.map((curve) => curve.x))
  const position = new Map(x.map((value, index) => [value, index]))
  const columns = curves.map((curve) => {
    const column: (number | null)[] = new Array<number | null>(x.length).fill(null)
    curve.x.forEach((value, index) => {
      const at = position.get(value)
      const y = curve.y[index]
      if (at !== undefined && y !== undefined && Number.isFinite(y)) column[at] = y
    })
    return column
  })
  return { x, columns }
}

function mergeAscending(lists: readonly (readonly number[])[]): number[] {
  const first = lists[0]
  if (first !== undefined && lists.every((list) => sameNumbers(list, first))) return [...first]
  const values = new Set<number>()
  for (const list of lists) for (const value of list) values.add(value)
  return [...values].sort((a, b) => a - b)
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((value, index) => value === b[index]))

/** The curves as CSV in long form: one row a point, every point that was given. */
export function curvesToCsv(curves: readonly Curve[], xName: string, yName: string): string {
  const rows = curves.flatMap((curve) =>
    curve.x.map((x, index) => `${quote(curve.label)},${x},${curve.y[index] ?? ''}`),
  )
  return [`series,${quote(xName)},${quote(yName)}`, ...rows].join('\r\n') + '\r\n'
}

const quote = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/**
 * The steps that a range of the x axis spans, one point beyond both edges so that the line reaches
 * them; null where the range holds no point.
 */
export function stepsWithin(
  series: Series,
  axis: CurveAxis,
  [from, to]: readonly [number, number],
): readonly [number, number] | null {
  const x = series[axis]
  const first = x.findIndex((value) => value >= from)
  const last = x.findLastIndex((value) => value <= to)
  if (first < 0 || last < 0) return null
  const low = series.step[Math.max(0, Math.min(first, last) - 1)]
  const high = series.step[Math.min(x.length - 1, Math.max(first, last) + 1)]
  return low === undefined || high === undefined ? null : [low, high]
}

/** From the first to the last x of all series, so that charts beside each other agree. */
export function extentOf(
  series: Iterable<Series>,
  axis: CurveAxis,
): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const each of series) {
    low = Math.min(low, each[axis][0] ?? low)
    high = Math.max(high, each[axis].at(-1) ?? high)
  }
  return low < high ? [low, high] : null
}

/** A curve with the points of a live tail appended; points not after its last x are left out. */
export function appendTail(base: Series, tail: Series): Series {
  const last = base.step.at(-1) ?? Number.NEGATIVE_INFINITY
  const from = tail.step.findIndex((step) => step > last)
  if (from < 0) return base
  const join = (a: readonly number[], b: readonly number[]): number[] => [...a, ...b.slice(from)]
  return {
    ...base,
    step: join(base.step, tail.step),
    value: join(base.value, tail.value),
    min: join(base.min, tail.min),
    max: join(base.max, tail.max),
    seconds: join(base.seconds, tail.seconds),
    epoch: join(base.epoch, tail.epoch),
    samples: join(base.samples, tail.samples),
    rawPoints: base.rawPoints + tail.step.length - from,
  }
}
