import type { Lexicon, PackContent } from '@shared/domain'
import { Forms } from './forms'
import { LexiconReader } from './lexicon'
import { labelResolver } from './pack-labels'
import { RowBatch } from './row-batch'
import { RuleSet } from './rule-set'
import type { CompiledPack, KnowledgeRow, PieceEvidence, ScoreTable } from './types'

/** Words that a pack remembers between rows; beyond, it starts afresh. */
const mostForms = 200_000
/** Rows whose words are in memory at once. */
const chunk = 4096

/**
 * Makes a pack ready for the labels of a dataset. `map` names labels of the pack whose names differ
 * there; `without` names pieces that are left out. What speaks only of labels that the dataset
 * does not have stays silent.
 *
 * Throws SyntaxError for a damaged pattern; `checkContent` names its place.
 */
export function compilePack(
  content: PackContent,
  labels: readonly string[],
  map: Readonly<Record<string, string>>,
  without: readonly string[] = [],
): CompiledPack {
  const labelIndex = labelResolver(labels, map)
  const left = new Set(without)
  const lexicons = lexiconsUsed(content, without).map(
    (lexicon) => new LexiconReader(lexicon, labelIndex),
  )
  const rules = new RuleSet(
    content.rules.filter(({ id }) => !left.has(`rule:${id}`)),
    labelIndex,
  )
  const pieces = [...lexicons.map(({ piece }) => piece), ...rules.pieces]
  let forms = new Forms()
  const prepare = (rows: readonly KnowledgeRow[]): RowBatch => {
    if (forms.size > mostForms) forms = new Forms()
    return RowBatch.of(rows, forms)
  }
  const readers = { lexicons, rules, labels: labels.length }
  return {
    labels,
    pieces,
    read: (row) => readRow(readers, prepare([row])),
    score: (rows) => {
      const table = emptyTable(rows.length, pieces.length, labels.length)
      for (let from = 0; from < rows.length; from += chunk) {
        scoreRows(readers, prepare(rows.slice(from, from + chunk)), from, table)
      }
      return table
    },
  }
}

interface Readers {
  readonly lexicons: readonly LexiconReader[]
  readonly rules: RuleSet
  readonly labels: number
}

function readRow({ lexicons, rules, labels }: Readers, batch: RowBatch): readonly PieceEvidence[] {
  const evidence: PieceEvidence[] = []
  lexicons.forEach((lexicon, piece) => {
    const judged = lexicon.judge(batch, 0)
    if (judged === null) return
    const scores = new Array<number>(labels).fill(0)
    judged.labels.forEach((label, at) => {
      scores[label] = judged.scores[at] ?? 0
    })
    const sums = judged.labels.map((label, at) => ({ label, sum: judged.sums[at] ?? 0 }))
    evidence.push({ piece, scores, sums, vote: judged.vote, matches: lexicon.places(batch, 0) })
  })
  for (const { rule, matches } of rules.read(batch)) {
    const vote = rules.pieces[rule]?.label ?? -1
    const scores = new Array<number>(labels).fill(0)
    scores[vote] = 1
    evidence.push({ piece: lexicons.length + rule, scores, vote, matches })
  }
  return evidence
}

const emptyTable = (rows: number, pieces: number, labels: number): ScoreTable => ({
  ...{ rows, pieces, labels },
  scores: new Float32Array(rows * pieces * labels),
  votes: new Int16Array(rows * pieces).fill(-1),
})

/** Fills the rows of the table that begin with the row `from`. */
function scoreRows(
  { lexicons, rules }: Readers,
  batch: RowBatch,
  from: number,
  { pieces, labels, scores, votes }: ScoreTable,
): void {
  lexicons.forEach((lexicon, piece) => {
    for (let row = 0; row < batch.rows.length; row += 1) {
      const judged = lexicon.judge(batch, row)
      if (judged === null) continue
      const at = (from + row) * pieces + piece
      votes[at] = judged.vote
      judged.labels.forEach((label, index) => {
        scores[at * labels + label] = judged.scores[index] ?? 0
      })
    }
  })
  rules.fire(batch).forEach((rows, rule) => {
    const label = rules.pieces[rule]?.label ?? -1
    rows?.forEach((row) => {
      const at = (from + row) * pieces + lexicons.length + rule
      votes[at] = label
      scores[at * labels + label] = 1
    })
  })
}

/** Lexicons that are not left out. */
export function lexiconsUsed(
  { lexicons }: Pick<PackContent, 'lexicons'>,
  without: readonly string[],
): readonly Lexicon[] {
  const left = new Set(without)
  return lexicons.filter(({ id }) => !left.has(`lexicon:${id}`))
}
