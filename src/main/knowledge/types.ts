import type { PieceId, PieceMatch } from '@shared/domain'

/** A row as knowledge sees it. */
export interface KnowledgeRow {
  readonly text: string
  readonly pair: string | null
  readonly columns: Readonly<Record<string, string>>
}

/** A lexicon or a rule, compiled for the labels of a dataset. */
export interface Piece {
  readonly id: PieceId
  readonly kind: 'lexicon' | 'rule'
  /** Index of the class it always votes for; -1 where that depends on the row. */
  readonly label: number
  /** Stated probability of being right; null for a lexicon. */
  readonly confidence: number | null
  readonly hard: boolean
}

/** What one piece says about one row. */
export interface PieceEvidence {
  /** Index in `CompiledPack.pieces`. */
  readonly piece: number
  /**
   * One score a label, -1 to 1. A rule: 1 for its label, 0 for the others. A lexicon of valences
   * with the sum v: tanh(v / 4) for the class above, -tanh(v / 4) for the one below. A lexicon of
   * labels: tanh(Σ weights of the label / 4).
   */
  readonly scores: readonly number[]
  /** What the scores of a lexicon come from, by index of the label; a rule has none. */
  readonly sums?: readonly { readonly label: number; readonly sum: number }[]
  /** Index of the label it votes for; -1: it abstains, as at a tie or a sum of 0. */
  readonly vote: number
  readonly matches: readonly PieceMatch[]
}

/** A pack made ready for rows of a dataset: pure, and safe to call millions of times. */
export interface CompiledPack {
  /** Labels of the dataset. */
  readonly labels: readonly string[]
  /** Lexicons first, then rules, each in the order of the pack. */
  readonly pieces: readonly Piece[]
  /** The pieces that speak about a row, in order, with where they found it. */
  read(row: KnowledgeRow): readonly PieceEvidence[]
  /** The same numbers for many rows, without the places. */
  score(rows: readonly KnowledgeRow[]): ScoreTable
}

/** What all pieces say about many rows. */
export interface ScoreTable {
  readonly rows: number
  readonly pieces: number
  readonly labels: number
  /** [rows, pieces, labels]; zero where a piece does not speak. */
  readonly scores: Float32Array
  /** [rows, pieces]: index of a label, -1: abstains. */
  readonly votes: Int16Array
}
