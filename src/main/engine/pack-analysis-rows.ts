import type { ParsedInputOf, ResultOf } from '@shared/contract'
import type { Dataset, ExplainedRow, PackContent } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { compilePack } from '../knowledge/compile'
import type { PieceVotes } from '../knowledge/piece-votes'
import { pieceVotes, usableContent, voteAt } from '../knowledge/piece-votes'
import { tallyVotes } from '../knowledge/tally'
import type { AnalysisRows } from './analysis-rows'

type RowsQuery = Omit<ParsedInputOf<'packs.rows'>, 'dataset' | 'pack' | 'content'>

/** How the rows to be shown are chosen and what is said of each. */
interface View {
  /** Whether what is looked at speaks in a row, and how it votes there; -1: abstains. */
  covers(row: number): boolean
  vote(row: number): number
  conflicts(row: number): boolean
}

/** A page of rows that a piece, or any piece, speaks about, with where. Throws notFound. */
export function explainRows(
  content: PackContent,
  { labels }: Dataset,
  { rows, memory }: AnalysisRows,
  query: RowsQuery,
): ResultOf<'packs.rows'> {
  const { batch, ids, gold, exclusive } = rows
  const votes = pieceVotes({ content, labels, map: query.labels }, batch, memory)
  const view = viewOf(votes, batch.rows.length, labels.length, query.piece)
  const shown = (row: number): boolean => {
    switch (query.show) {
      case 'covered':
        return view.covers(row)
      case 'uncovered':
        return !view.covers(row)
      case 'conflict':
        return exclusive && view.conflicts(row)
      case 'wrong': {
        const right = gold[row] ?? []
        return right.length > 0 && view.vote(row) !== -1 && !right.includes(view.vote(row))
      }
    }
  }
  const chosen = ids.flatMap((_, row) => (shown(row) ? [row] : []))
  const pack = compilePack(usableContent(content), labels, query.labels)
  const page = chosen.slice(query.offset, query.offset + query.limit)
  return {
    total: chosen.length,
    rows: page.flatMap((row): readonly ExplainedRow[] => {
      const [id, read] = [ids[row], batch.rows[row]]
      if (id === undefined || read === undefined) return []
      const label = (gold[row] ?? []).map((index) => labels[index] ?? '').join(', ')
      return [
        {
          row: id,
          text: read.text,
          label: label === '' ? null : label,
          vote: labels[view.vote(row)] ?? null,
          matches: pack.read(read).flatMap(({ matches }) => matches),
        },
      ]
    }),
  }
}

function viewOf(
  votes: readonly PieceVotes[],
  rows: number,
  labels: number,
  piece: string | undefined,
): View {
  const tally = tallyVotes(votes, rows, labels)
  if (piece === undefined) {
    return {
      covers: (row) => tally.covered.has(row),
      vote: (row) => tally.majority[row] ?? -1,
      conflicts: (row) => tally.conflicting.has(row),
    }
  }
  const one = votes.find((each) => each.piece.id === piece)
  if (one === undefined) {
    throw new GraftError(
      'notFound',
      `The pack has no piece "${piece}"; pieces are named "lexicon:NAME" or "rule:ID".`,
      { piece },
    )
  }
  return {
    covers: (row) => one.covered.has(row),
    vote: (row) => voteAt(one, row),
    // Where pieces disagree, whoever votes has another one against it.
    conflicts: (row) => voteAt(one, row) !== -1 && tally.conflicting.has(row),
  }
}
