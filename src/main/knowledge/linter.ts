import type { PackContent, PackProblem, PackReport, PieceReport } from '@shared/domain'
import type { LintRows } from './lint-rows'
import { labelResolver } from './pack-labels'
import { textsOf } from './pack-texts'
import type { PieceVotes, VoteMemory } from './piece-votes'
import { pieceVotes, voteAt } from './piece-votes'
import { overlapsOf } from './speakers'
import { wilsonInterval } from './statistics/wilson'
import type { Tally } from './tally'
import { tallyVotes } from './tally'

export interface LintRequest {
  readonly content: PackContent
  /** Labels of the dataset. */
  readonly labels: readonly string[]
  /** Labels of the pack → labels of the dataset, where names differ. */
  readonly map: Readonly<Record<string, string>>
  readonly rows: LintRows
  /** Test rows that stand in the texts of the corpus. */
  readonly leaked?: ReadonlySet<number>
  /** Of the same rows; a piece that is in it is not read again. */
  readonly memory?: VoteMemory
}

/** Overlaps that are named for a piece. */
const mostOverlaps = 10

/**
 * How the pieces of a pack fare on the rows of a dataset: coverage, accuracy with its interval,
 * conflicts, overlaps, labels never voted for, and test rows that stand in the pack. Rows without
 * a label count for coverage only.
 */
export function lintPack(request: LintRequest): Omit<PackReport, 'problems' | 'milliseconds'> {
  const { content, labels, map, rows } = request
  const length = rows.batch.rows.length
  const all = pieceVotes(request, rows.batch, request.memory)
  const tally = tallyVotes(all, length, labels.length)
  const judged = judge(rows, (row) => tally.majority[row] ?? -1)
  const labelIndex = labelResolver(labels, map)
  return {
    rows: length,
    labelledRows: rows.gold.filter((gold) => gold.length > 0).length,
    pieces: reportPieces(all, tally, rows, labels),
    covered: tally.covered.count(),
    conflicting: rows.exclusive ? tally.conflicting.count() : 0,
    accuracy: judged.accuracy,
    interval: judged.interval,
    unreachedLabels: unreached(all, labels),
    unmappedLabels: content.labels.filter((label) => labelIndex(label) === -1),
    leakedRows: countLeaks(content, rows, request.leaked),
  }
}

function reportPieces(
  all: readonly PieceVotes[],
  tally: Tally,
  rows: LintRows,
  labels: readonly string[],
): readonly PieceReport[] {
  const overlaps = overlapsOf(all, tally.speakers, mostOverlaps)
  return all.map((votes, index): PieceReport => {
    const { piece } = votes
    const covered = votes.covered.count()
    return {
      piece: piece.id,
      label: labels[piece.label] ?? null,
      covered,
      coverage: rows.ids.length === 0 ? 0 : covered / rows.ids.length,
      ...judge(rows, (row) => voteAt(votes, row), votes),
      conflicts: rows.exclusive ? (tally.conflicts[index] ?? 0) : 0,
      overlaps: (overlaps[index] ?? []).flatMap((other) => {
        const id = all[other.piece]?.piece.id
        return id === undefined ? [] : [{ piece: id, rows: other.rows }]
      }),
    }
  })
}

/** How votes fare on the labelled rows where they are cast. */
function judge(
  { gold }: LintRows,
  voteOf: (row: number) => number,
  speaks?: PieceVotes,
): Pick<PieceReport, 'judged' | 'correct' | 'accuracy' | 'interval'> {
  let [judged, correct] = [0, 0]
  const look = (row: number): void => {
    const labels = gold[row]
    if (labels === undefined || labels.length === 0) return
    const vote = voteOf(row)
    if (vote === -1) return
    judged += 1
    if (labels.includes(vote)) correct += 1
  }
  if (speaks === undefined) gold.forEach((_, row) => look(row))
  else speaks.covered.forEach(look)
  if (judged === 0) return { judged, correct, accuracy: null, interval: null }
  return { judged, correct, accuracy: correct / judged, interval: wilsonInterval(correct, judged) }
}

function unreached(all: readonly PieceVotes[], labels: readonly string[]): readonly string[] {
  const reached = new Set<number>()
  for (const { votes, covered } of all) {
    if (typeof votes !== 'number') for (const vote of votes) reached.add(vote)
    else if (covered.count() > 0) reached.add(votes)
  }
  return labels.filter((_, index) => !reached.has(index))
}

function countLeaks(
  content: PackContent,
  { heldOut }: LintRows,
  leaked: ReadonlySet<number> = new Set(),
): number {
  const found = new Set(leaked)
  for (const text of textsOf(content)) heldOut.find(text, found)
  return found.size
}

/** What can be said without a dataset: the problems. */
export const reportWithoutRows = (
  problems: readonly PackProblem[],
): Omit<PackReport, 'milliseconds'> => ({
  problems,
  ...{ rows: 0, labelledRows: 0, pieces: [], covered: 0, conflicting: 0 },
  ...{ accuracy: null, interval: null, unreachedLabels: [], unmappedLabels: [], leakedRows: 0 },
})
