import type { FusionSummary, TrialCandidate, TrialSummary } from '@shared/domain'

/** A candidate as the table shows it, with its loss's difference to the first of its group. */
export interface CandidateRow extends TrialCandidate {
  /** Below 0 it is better than the first. */
  readonly difference: number
  /** Whether the difference is larger than twice its standard error. */
  readonly isClear: boolean
}

/** Candidates that were judged on the same rows, against the first of them. */
export interface CandidateGroup {
  /** What stands before the colon of their names, such as "prediction"; empty for training. */
  readonly name: string
  /** What all of them say of themselves; null where they differ. */
  readonly description: string | null
  readonly rows: readonly CandidateRow[]
}

/** Candidates in the groups in which they were compared; names lose the group's prefix. */
export function candidateGroups({ candidates }: TrialSummary): readonly CandidateGroup[] {
  const groups = new Map<string, TrialCandidate[]>()
  for (const candidate of candidates) {
    const [, group = '', name = candidate.name] = prefix.exec(candidate.name) ?? []
    groups.set(group, [...(groups.get(group) ?? []), { ...candidate, name }])
  }
  return [...groups].map(([name, members]) => {
    const descriptions = new Set(members.map(({ description }) => description))
    const [only] = descriptions
    return {
      name,
      description: descriptions.size === 1 ? (only ?? null) : null,
      rows: againstFirst(members),
    }
  })
}

const prefix = /^(\w+): (.+)$/

function againstFirst(members: readonly TrialCandidate[]): readonly CandidateRow[] {
  const first = members[0]?.loss ?? 0
  return members.map((candidate) => {
    const difference = candidate.loss - first
    const isClear = candidate.error > 0 && Math.abs(difference) > 2 * candidate.error
    return { ...candidate, difference, isClear }
  })
}

/** The first, the chosen and the best of a long list, in its order. */
export function leadingRows(rows: readonly CandidateRow[], most: number): readonly CandidateRow[] {
  if (rows.length <= most) return rows
  const best = [...rows].sort((a, b) => a.loss - b.loss)
  const wanted = new Set([rows[0], ...rows.filter(({ chosen }) => chosen)])
  for (const row of best) {
    if (wanted.size >= most) break
    wanted.add(row)
  }
  return rows.filter((row) => wanted.has(row))
}

/** Weights from the strongest down; those that did not help come last, by name. */
export const sortedWeights = ({ weights }: FusionSummary): FusionSummary['weights'] =>
  [...weights].sort(
    (a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.piece.localeCompare(b.piece),
  )

/** The greatest size of a weight, for bars; 1 where all are 0. */
export const greatestWeight = ({ weights }: FusionSummary): number =>
  Math.max(0, ...weights.map(({ weight }) => Math.abs(weight))) || 1
