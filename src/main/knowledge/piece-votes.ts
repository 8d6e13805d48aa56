import type { Lexicon, PackContent, Rule } from '@shared/domain'
import { sha256 } from '../platform/hash'
import { Bits } from './bits'
import { LexiconReader } from './lexicon'
import { labelResolver } from './pack-labels'
import { undamaged } from './pattern'
import type { RowBatch } from './row-batch'
import { RuleSet } from './rule-set'
import type { Piece } from './types'

/** How a piece votes on the rows of a batch. */
export interface PieceVotes {
  readonly piece: Piece
  /** Rows in which it speaks. */
  readonly covered: Bits
  /** Index of a label for each row, -1: abstains; one number where it is the same in all. */
  readonly votes: Int16Array | number
}

export const voteAt = ({ votes, covered }: PieceVotes, row: number): number => {
  if (typeof votes !== 'number') return votes[row] ?? -1
  return covered.has(row) ? votes : -1
}

/** Votes of pieces on the rows of one dataset by what the pieces say, so that an edit costs one. */
export class VoteMemory {
  readonly #votes = new Map<string, PieceVotes>()
  #bytes = 0

  get(key: string): PieceVotes | undefined {
    const found = this.#votes.get(key)
    if (found === undefined) return undefined
    this.#votes.delete(key)
    this.#votes.set(key, found)
    return found
  }

  keep(key: string, votes: PieceVotes): void {
    if (this.#votes.has(key)) return
    this.#votes.set(key, votes)
    this.#bytes += bytesOf(key, votes)
    for (const [oldest, given] of this.#votes) {
      if (this.#bytes <= mostBytes) break
      this.#votes.delete(oldest)
      this.#bytes -= bytesOf(oldest, given)
    }
  }
}

const mostBytes = 128 * 2 ** 20

const bytesOf = (key: string, { covered, votes }: PieceVotes): number =>
  200 + 2 * key.length + covered.size / 8 + (typeof votes === 'number' ? 0 : votes.byteLength)

/** A pack seen with the labels of a dataset. */
export interface LabelledPack {
  readonly content: Pick<PackContent, 'lexicons' | 'rules'>
  readonly labels: readonly string[]
  /** Labels of the pack → labels of the dataset, where names differ. */
  readonly map: Readonly<Record<string, string>>
}

/**
 * How each piece votes, lexicons first, each in the order of the pack. A piece with a damaged
 * pattern speaks nowhere.
 */
export function pieceVotes(
  { content, labels, map }: LabelledPack,
  batch: RowBatch,
  memory = new VoteMemory(),
): readonly PieceVotes[] {
  const labelIndex = labelResolver(labels, map)
  const names = JSON.stringify([labels, map])
  const lexicons = content.lexicons.map((lexicon) => {
    const key = sha256(`${names}${JSON.stringify(lexicon)}`)
    const votes = memory.get(key) ?? lexiconVotes(lexicon, labelIndex, batch)
    memory.keep(key, votes)
    return votes
  })
  const keys = content.rules.map(({ when, label }) => JSON.stringify([when, labelIndex(label)]))
  const known = keys.map((key) => memory.get(key))
  const missing = content.rules.filter((_, at) => known[at] === undefined)
  const fresh = ruleVotes(missing, labelIndex, batch)
  const rules = content.rules.map((rule, at) => {
    const votes = known[at] ?? fresh.get(rule) ?? silent(pieceOf(rule, labelIndex), batch)
    memory.keep(keys[at] ?? '', votes)
    // The rule may have another id, confidence or note than the one that is remembered.
    return { ...votes, piece: pieceOf(rule, labelIndex) }
  })
  return [...lexicons, ...rules]
}

const silent = (piece: Piece, { rows }: RowBatch): PieceVotes => ({
  piece,
  covered: new Bits(rows.length),
  votes: -1,
})

function lexiconVotes(
  lexicon: Lexicon,
  labelIndex: (label: string) => number,
  batch: RowBatch,
): PieceVotes {
  const reader = undamaged(() => new LexiconReader(lexicon, labelIndex))
  if (reader === null) {
    const empty = new LexiconReader({ ...lexicon, entries: [] }, labelIndex)
    return silent(empty.piece, batch)
  }
  const covered = new Bits(batch.rows.length)
  const votes = new Int16Array(batch.rows.length).fill(-1)
  for (let row = 0; row < batch.rows.length; row += 1) {
    const judged = reader.judge(batch, row)
    if (judged === null) continue
    covered.add(row)
    votes[row] = judged.vote
  }
  return { piece: reader.piece, covered, votes }
}

function ruleVotes(
  rules: readonly Rule[],
  labelIndex: (label: string) => number,
  batch: RowBatch,
): ReadonlyMap<Rule, PieceVotes> {
  const set = new RuleSet(rules, labelIndex, true)
  const fired = rules.length === 0 ? [] : set.fire(batch)
  const votes = new Map<Rule, PieceVotes>()
  rules.forEach((rule, at) => {
    const [covered, piece] = [fired[at] ?? null, set.pieces[at]]
    if (covered === null || piece === undefined) return
    votes.set(rule, { piece, covered, votes: piece.label })
  })
  return votes
}

const pieceOf = ({ id, label, confidence, hard }: Rule, labelIndex: (label: string) => number) =>
  ({ id: `rule:${id}`, kind: 'rule', label: labelIndex(label), confidence, hard }) as const

/** The content without the pieces whose patterns are damaged, which `checkContent` names. */
export function usableContent(content: PackContent): PackContent {
  const anything = (): number => 0
  return {
    ...content,
    lexicons: content.lexicons.filter(
      (lexicon) =>
        lexicon.match !== 'regex' || undamaged(() => new LexiconReader(lexicon, anything)) !== null,
    ),
    rules: content.rules.filter((rule) => undamaged(() => new RuleSet([rule], anything)) !== null),
  }
}
