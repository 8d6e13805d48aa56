import { createRandom } from '../../platform/random'
import { finish, type Steps } from '../steps'

/** Up to so many differences every assignment of signs is looked at: 2^16 = 65,536. */
const exactUpTo = 16

/** Assignments that a step draws. */
const samplesAStep = 2500

/** Sums of floating-point numbers in another order count as equal within this share. */
const tolerance = 1e-9

export interface SignFlipOptions {
  /** Assignments drawn where there are too many for all. */
  readonly samples?: number
  readonly seed?: number
}

/**
 * Paired permutation test, two-sided (Fisher 1935; Pitman 1937): how often the sum of paired
 * differences is at least as far from zero when each keeps or turns its sign at random. Exact up
 * to 16 differences that are not zero; otherwise sampled, with the estimate (1 + hits) /
 * (1 + samples) of Phipson & Smyth (2010), which is never zero. 1 where nothing differs.
 */
export function* signFlipInSteps(
  differences: readonly number[],
  { samples = 10_000, seed = 0 }: SignFlipOptions = {},
): Steps<number> {
  const moved = Float64Array.from(differences.filter((each) => each !== 0))
  if (moved.length === 0) return 1
  const size = moved.reduce((sum, each) => sum + Math.abs(each), 0)
  const observed = Math.abs(moved.reduce((sum, each) => sum + each, 0)) - tolerance * size
  return moved.length <= exactUpTo
    ? exact(moved, observed)
    : yield* sampled(moved, observed, samples, seed)
}

/** The same at once. */
export const signFlipTest = (...asked: Parameters<typeof signFlipInSteps>): number =>
  finish(signFlipInSteps(...asked))

/** Walks through all signs in Gray code order: one sign turns at a time. */
function exact(differences: Float64Array, observed: number): number {
  const count = 2 ** differences.length
  const signs = new Int8Array(differences.length).fill(1)
  let sum = differences.reduce((total, each) => total + each, 0)
  let hits = Math.abs(sum) >= observed ? 1 : 0
  for (let step = 1; step < count; step += 1) {
    const at = 31 - Math.clz32(step & -step)
    const sign = signs[at] ?? 1
    sum -= 2 * sign * (differences[at] ?? 0)
    signs[at] = -sign
    if (Math.abs(sum) >= observed) hits += 1
  }
  return hits / count
}

function* sampled(
  differences: Float64Array,
  observed: number,
  samples: number,
  seed: number,
): Steps<number> {
  const random = createRandom(seed, differences.length)
  let hits = 0
  for (let sample = 0; sample < samples; sample += 1) {
    let sum = 0
    let bits = 0
    for (let at = 0; at < differences.length; at += 1) {
      if ((at & 31) === 0) bits = random.next()
      const difference = differences[at] ?? 0
      sum += (bits & 1) === 1 ? difference : -difference
      bits >>>= 1
    }
    if (Math.abs(sum) >= observed) hits += 1
    if ((sample + 1) % samplesAStep === 0) yield
  }
  return (1 + hits) / (1 + samples)
}
