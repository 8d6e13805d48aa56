import { add, dot, norm } from './vectors'

/** Writes the gradient at `at` into `gradient` and returns the value there. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number

export interface Minimum {
  readonly at: Float64Array
  readonly value: number
  readonly iterations: number
  /** Whether the gradient fell below the tolerance. */
  readonly converged: boolean
}

export interface MinimiseOptions {
  readonly memory?: number
  readonly maxIterations?: number
  /** Greatest absolute gradient at which the search ends, relative to max(1, |value|). */
  readonly tolerance?: number
}

const sufficientDecrease = 1e-4
const curvature = 0.9
const maxTrials = 40

/**
 * Least value of a smooth function, by L-BFGS with a line search that meets the Wolfe conditions
 * (Nocedal & Wright 2006, algorithms 7.4 and 7.5). Deterministic; exact for convex functions up to
 * the tolerance.
 *
 * @param start [d], left as it is
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  options: MinimiseOptions = {},
): Minimum {
  const { memory = 12, maxIterations = 1000, tolerance = 1e-8 } = options
  const size = start.length
  let at = start.slice()
  let gradient = new Float64Array(size)
  let value = objective(at, gradient)
  const pairs: Pair[] = []
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    if (greatest(gradient) <= tolerance * Math.max(1, Math.abs(value))) {
      return { at, value, iterations: iteration, converged: true }
    }
    let direction = descent(gradient, pairs)
    if (dot(direction, gradient) >= 0) {
      pairs.length = 0
      direction = descent(gradient, pairs)
    }
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.max(norm(gradient), 1e-300)) : 1
    const step = wolfe(objective, { at, gradient, value }, direction, first)
    if (step === null) {
      if (pairs.length === 0) return { at, value, iterations: iteration, converged: false }
      pairs.length = 0
      continue
    }
    remember(pairs, memory, at, gradient, step)
    ;({ at, gradient, value } = step)
  }
  return { at, value, iterations: maxIterations, converged: false }
}

interface Point {
  readonly at: Float64Array<ArrayBuffer>
  readonly gradient: Float64Array<ArrayBuffer>
  readonly value: number
}

/** A step s, the change of the gradient y, and 1 / (s · y). */
interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly inverse: number
}

function remember(
  pairs: Pair[],
  memory: number,
  at: Float64Array,
  gradient: Float64Array,
  next: Point,
): void {
  const step = next.at.map((value, i) => value - (at[i] ?? 0))
  const change = next.gradient.map((value, i) => value - (gradient[i] ?? 0))
  const product = dot(step, change)
  // Without positive curvature the pair would spoil the estimate of the Hessian.
  if (product <= 1e-14 * dot(change, change)) return
  pairs.push({ step, change, inverse: 1 / product })
  if (pairs.length > memory) pairs.shift()
}

/** −H · gradient, by the two loops over the pairs. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array<ArrayBuffer> {
  const direction = Float64Array.from(gradient, (value) => -value)
  const alphas: number[] = []
  for (const pair of [...pairs].reverse()) {
    const alpha = pair.inverse * dot(pair.step, direction)
    alphas.push(alpha)
    add(direction, pair.change, -alpha)
  }
  const newest = pairs.at(-1)
  if (newest !== undefined) {
    const scale = 1 / (newest.inverse * dot(newest.change, newest.change))
    for (let i = 0; i < direction.length; i += 1) direction[i] = (direction[i] ?? 0) * scale
  }
  for (const pair of pairs) {
    const beta = pair.inverse * dot(pair.change, direction)
    add(direction, pair.step, (alphas.pop() ?? 0) - beta)
  }
  return direction
}

/** A step length that meets the Wolfe conditions, by bisection and doubling; null: none found. */
function wolfe(
  objective: Objective,
  from: Point,
  direction: Float64Array,
  first: number,
): Point | null {
  const slope = dot(from.gradient, direction)
  // Near the minimum differences of values drown in rounding.
  const slack = 1e-15 * Math.abs(from.value)
  let low = 0
  let high = Infinity
  let length = first
  let accepted: Point | null = null
  for (let trial = 0; trial < maxTrials; trial += 1) {
    const at = from.at.slice()
    add(at, direction, length)
    const gradient = new Float64Array(at.length)
    const value = objective(at, gradient)
    if (!(value <= from.value + sufficientDecrease * length * slope + slack)) {
      high = length
    } else {
      accepted = { at, gradient, value }
      if (dot(gradient, direction) >= curvature * slope) return accepted
      low = length
    }
    length = high === Infinity ? length * 2 : (low + high) / 2
  }
  return accepted
}

function greatest(values: Float64Array): number {
  let most = 0
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, Math.abs(values[i] ?? 0))
  return most
}
