import type { DataRow } from '@shared/domain'
import { Forms } from './forms'
import { HeldOutTexts } from './leakage'
import { RowBatch } from './row-batch'
import { finish, rowsAStep, type Steps } from './steps'
import { WordTableBuilder } from './word-table'

/** Rows of a dataset ready for the linter; made once, used for every edit. */
export interface LintRows {
  /** Training, validation and unsplit rows: statistics never look at test rows. */
  readonly batch: RowBatch
  readonly ids: readonly number[]
  /** Per row the indexes of its labels; empty: it has none. */
  readonly gold: readonly (readonly number[])[]
  /** Whether a row has one label only, so that different votes are a conflict. */
  readonly exclusive: boolean
  readonly heldOut: HeldOutTexts
}

export type LintRow = Pick<DataRow, 'id' | 'part' | 'text' | 'pair' | 'label' | 'columns'>

/**
 * Prepares rows for the linter, a thousand at a time: whoever has other things to do does them
 * between the steps. Labels that are not among `labels` count as none.
 */
export function* prepareInSteps(
  rows: Iterable<LintRow>,
  labels: readonly string[],
  exclusive: boolean,
): Steps<LintRows> {
  const heldOut = new HeldOutTexts()
  const words = new WordTableBuilder(new Forms())
  const used: LintRow[] = []
  let seen = 0
  for (const row of rows) {
    seen += 1
    if (seen % rowsAStep === 0) yield
    if (row.part === 'test') {
      heldOut.add(row.text, row.id)
      continue
    }
    used.push(row)
    words.add(row.text)
    words.add(row.pair ?? '')
  }
  const goldOf = goldReader(labels)
  return {
    batch: new RowBatch(used, words.build()),
    ids: used.map(({ id }) => id),
    gold: used.map(({ label }) => goldOf(label)),
    ...{ exclusive, heldOut },
  }
}

/** The same at once. */
export function prepareRows(
  rows: Iterable<LintRow>,
  labels: readonly string[],
  exclusive = true,
): LintRows {
  return finish(prepareInSteps(rows, labels, exclusive))
}

/** Indexes of the labels of a row; rows with the same label share one array. */
export function goldReader(
  labels: readonly string[],
): (label: DataRow['label']) => readonly number[] {
  const single = new Map(labels.map((label, index) => [label, [index]]))
  return (label) => {
    if (typeof label === 'string') return single.get(label) ?? []
    return Array.isArray(label) ? label.flatMap((one: string) => single.get(one) ?? []) : []
  }
}
