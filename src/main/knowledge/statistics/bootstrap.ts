import { createRandom } from '../../platform/random'

export interface MeanInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

export interface BootstrapOptions {
  readonly level?: number
  readonly resamples?: number
  readonly seed?: number
}

/**
 * The mean of `values` and its percentile bootstrap interval (Efron 1979; Efron & Tibshirani 1993,
 * chapter 13), 95% unless said otherwise. The interval of few values is too narrow: with 10 it
 * covers about 0.90, with 5 about 0.84, and one value is its own interval. Throws RangeError
 * without values.
 */
export function bootstrapMean(
  values: readonly number[],
  { level = 0.95, resamples = 10_000, seed = 0 }: BootstrapOptions = {},
): MeanInterval {
  const count = values.length
  if (count === 0) throw new RangeError('A mean needs at least one value.')
  const random = createRandom(seed, count)
  const means = new Float64Array(resamples)
  for (let resample = 0; resample < resamples; resample += 1) {
    let sum = 0
    for (let draw = 0; draw < count; draw += 1) sum += values[random.below(count)] ?? 0
    means[resample] = sum / count
  }
  means.sort()
  const tail = (1 - level) / 2
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / count,
    low: quantile(means, tail),
    high: quantile(means, 1 - tail),
  }
}

/** Quantile of ascending values, between neighbours on a line. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const at = share * (ascending.length - 1)
  const below = Math.floor(at)
  const first = ascending[below] ?? Number.NaN
  const second = ascending[Math.min(below + 1, ascending.length - 1)] ?? first
  return first + (at - below) * (second - first)
}
