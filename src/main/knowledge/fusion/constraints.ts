import type { Priors } from '@shared/domain/pack'
import { labelResolver } from '../pack-labels'
import type { FittedFusion } from './fitted'

type Pair = readonly [string, string]
export type LabelConstraints = Pick<FittedFusion, 'forbidden' | 'implied'>

/** Forbidden and implied pairs in the dataset's labels; a label implies its parent. */
export function labelConstraints(
  priors: Priors | null,
  labels: readonly string[],
  labelMap: Readonly<Record<string, string>>,
): LabelConstraints {
  if (priors === null) return { forbidden: [], implied: [] }
  const labelIndex = labelResolver(labels, labelMap)
  const known = (pairs: readonly Pair[]): [string, string][] =>
    pairs.flatMap(([one, other]): [string, string][] => {
      const [first, second] = [labels[labelIndex(one)], labels[labelIndex(other)]]
      return first === undefined || second === undefined ? [] : [[first, second]]
    })
  return {
    forbidden: known(priors.forbidden),
    implied: known([...priors.implied, ...Object.entries(priors.hierarchy)]),
  }
}

/** A constraint that changed an answer. */
export interface AppliedConstraint {
  readonly kind: 'implied' | 'forbidden'
  readonly pair: Pair
  readonly probabilities: Float64Array
}

/**
 * Makes the probabilities of a multi-label answer agree with the pairs. If A implies B,
 * P(B) ≥ P(A); if A and B never stand together, P(A) + P(B) ≤ 1. First what is implied is raised,
 * then of forbidden pairs the less probable one is lowered, then what implies it with it.
 */
export function applyConstraints(
  { forbidden, implied }: LabelConstraints,
  labels: readonly string[],
  probabilities: Float64Array,
): readonly AppliedConstraint[] {
  const applied: AppliedConstraint[] = []
  let current = probabilities
  const set = (kind: AppliedConstraint['kind'], pair: Pair, at: number, value: number): void => {
    current = current.slice()
    current[at] = value
    applied.push({ kind, pair, probabilities: current })
  }
  const places = (pair: Pair): readonly [number, number] => [
    labels.indexOf(pair[0]),
    labels.indexOf(pair[1]),
  ]
  const p = (at: number): number => current[at] ?? 0
  settle(implied, (pair) => {
    const [from, to] = places(pair)
    if (p(to) >= p(from)) return false
    set('implied', pair, to, p(from))
    return true
  })
  for (const pair of forbidden) {
    const [first, second] = places(pair)
    if (first === second || p(first) + p(second) <= 1) continue
    const [more, less] = p(first) >= p(second) ? [first, second] : [second, first]
    set('forbidden', pair, less, 1 - p(more))
  }
  settle(implied, (pair) => {
    const [from, to] = places(pair)
    if (p(from) <= p(to)) return false
    set('implied', pair, from, p(to))
    return true
  })
  return applied
}

/** Repeats a pass over the pairs until nothing changes: probabilities move one way, so it ends. */
function settle(pairs: readonly Pair[], change: (pair: Pair) => boolean): void {
  let moved = true
  while (moved) moved = pairs.map(change).some(Boolean)
}
