import type { RowBatch } from '../row-batch'
import { wordFlags } from '../words'
import { logOddsScore } from '../log-odds'
import type { Candidate, Filter } from './candidate'
import { passes } from './candidate'
import { rowsAStep, type Steps } from '../steps'

/** A word, or two in a row, and the rows in which it stands. */
interface TermRows {
  readonly text: string
  readonly rows: number[]
}

/** Rows of which some are labelled; labels by index, -1: none or not to be looked at. */
export interface LabelledRows {
  readonly batch: RowBatch
  /** Per row its labels. */
  readonly gold: readonly (readonly number[])[]
  readonly labels: number
}

/** Words that the prior is worth, enough to keep rare words from the top; of few words a tenth. */
const priorSize = (words: number): number => Math.min(500, words / 10)

/**
 * Words and pairs of words that belong to one label. A word counts once a row; the prior is how
 * often it stands in all rows, the unlabelled ones too.
 */
export function* termCandidates(
  { batch, gold, labels }: LabelledRows,
  filter: Filter,
): Steps<readonly Candidate[]> {
  const terms = yield* collectTerms(batch, filter.minimumRows)
  const background = terms.reduce((sum, { rows }) => sum + rows.length, 0)
  const totals = new Float64Array(labels)
  const counts = terms.map(({ rows }) => countLabels(rows, gold, labels))
  let all = 0
  for (const { byLabel, labelled } of counts) {
    all += labelled.length
    byLabel.forEach((count, label) => {
      totals[label] = (totals[label] ?? 0) + count
    })
  }
  return terms.flatMap(({ text, rows }, at) => {
    const { byLabel, labelled } = counts[at] ?? { byLabel: [], labelled: [] }
    const alpha = (priorSize(all) * rows.length) / background
    return Array.from(byLabel).flatMap((correct, label): Candidate[] => {
      if (correct < filter.precision * labelled.length) return []
      const totalInside = totals[label] ?? 0
      const zScore = logOddsScore(
        {
          inside: correct,
          outside: labelled.length - correct,
          totalInside,
          totalOutside: Math.max(all - totalInside, labelled.length - correct),
        },
        alpha,
        priorSize(all),
      )
      if (!passes({ correct, rows: labelled, zScore }, filter)) return []
      return [
        {
          source: 'term',
          name: text,
          when: { kind: 'contains', term: text, match: text.includes(' ') ? 'phrase' : 'word' },
          ...{ label, correct, zScore, rows: Int32Array.from(labelled) },
        },
      ]
    })
  })
}

function countLabels(
  rows: readonly number[],
  gold: LabelledRows['gold'],
  labels: number,
): { readonly byLabel: Int32Array; readonly labelled: readonly number[] } {
  const byLabel = new Int32Array(labels)
  const labelled = rows.filter((row) => (gold[row]?.length ?? 0) > 0)
  for (const row of labelled) {
    for (const label of gold[row] ?? []) byLabel[label] = (byLabel[label] ?? 0) + 1
  }
  return { byLabel, labelled }
}

/**
 * Words and pairs in `least` rows or more, each with its rows, ascending and once. A pair is no more
 * common than its words: of rare words none is counted.
 */
function* collectTerms(batch: RowBatch, least: number): Steps<readonly TermRows[]> {
  const words = yield* collect(batch, ({ word }) => word)
  const isCommon = (word: string): boolean => (words.get(word)?.rows.length ?? 0) >= least
  const pairs = yield* collect(batch, ({ word, before, space }) => {
    if (before === '' || !isCommon(word) || !isCommon(before)) return null
    const text = `${before}${space}${word}`
    return words.has(text) ? null : text
  })
  return [...words.values(), ...pairs.values()].filter(({ rows }) => rows.length >= least)
}

interface WordInPlace {
  readonly word: string
  /** The word before it; empty where there is none, or a mark. */
  readonly before: string
  /** What stands between them. */
  readonly space: '' | ' '
}

/** What `textOf` takes from the words that count, in their folded form; null: nothing. */
function* collect(
  batch: RowBatch,
  textOf: (place: WordInPlace) => string | null,
): Steps<ReadonlyMap<string, TermRows>> {
  const { form, forms, flags } = batch.words
  const found = new Map<string, TermRows>()
  const add = (text: string, row: number): void => {
    const known = found.get(text)
    if (known === undefined) found.set(text, { text, rows: [row] })
    else if (known.rows.at(-1) !== row) known.rows.push(row)
  }
  for (let row = 0; row < batch.rows.length; row += 1) {
    if (row % rowsAStep === 0) yield
    for (const text of [2 * row, 2 * row + 1]) {
      let before = ''
      for (let at = batch.firstWord(text); at < batch.firstWord(text + 1); at += 1) {
        const flag = flags[at] ?? 0
        const word = (flag & wordFlags.counts) === 0 ? '' : forms.folded(form[at] ?? 0)
        const space = (flag & wordFlags.gap) === 0 ? '' : ' '
        const taken = word === '' ? null : textOf({ word, before, space })
        if (taken !== null) add(taken, row)
        before = word
      }
    }
  }
  return found
}
