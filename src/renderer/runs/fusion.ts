import type { FusionSummary, TrialCandidate } from '@shared/domain'

/** A candidate as the table shows it, with its loss's difference to the first. */
export interface CandidateRow extends TrialCandidate {
  /** Loss against the first candidate; below 0 it is better. */
  readonly difference: number
  /** Whether the difference is larger than twice its standard error. */
  readonly isClear: boolean
}

export function candidateRows({ candidates }: FusionSummary): readonly CandidateRow[] {
  const first = candidates[0]?.loss ?? 0
  return candidates.map((candidate) => {
    const difference = candidate.loss - first
    return { ...candidate, difference, isClear: Math.abs(difference) > 2 * candidate.error }
  })
}

/** Weights from the strongest down; those that did not help come last, by name. */
export const sortedWeights = ({ weights }: FusionSummary): FusionSummary['weights'] =>
  [...weights].sort(
    (a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.piece.localeCompare(b.piece),
  )

/** The greatest size of a weight, for bars; 1 where all are 0. */
export const greatestWeight = ({ weights }: FusionSummary): number =>
  Math.max(0, ...weights.map(({ weight }) => Math.abs(weight))) || 1
