import type { DataRow } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import { createRandom, shuffleInPlace } from '../platform/random'

export interface SplitOptions {
  /** Shares of the rows that belong to no part yet (or, with a test part of the file, of the training rows). */
  readonly validation: number
  readonly test: number
  /** At most so many training rows, drawn stratified; null: all. */
  readonly trainRows: number | null
  readonly seed: number
}

/** Positions in the list of rows, ascending. No position is in two parts. */
export interface Split {
  readonly train: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
  /** Rows of no other part whose labels, if any, are not to be looked at; never of a test part. */
  readonly unlabelled: Int32Array
}

type SplitRow = Pick<DataRow, 'part' | 'label'>

/**
 * Decides which row is used for what: rows keep the part that their file gave them; validation
 * and test rows that are missing are drawn from the training rows and the rows of no part, each
 * class in its share. Rows without a label, and training rows beyond `trainRows`, are unlabelled.
 * The same seed gives the same split on every machine.
 *
 * Throws data.noRows without labelled rows, data.splitImpossible when nothing is left to train.
 */
export function splitRows(rows: readonly SplitRow[], options: SplitOptions): Split {
  const parts = {
    all: [] as number[],
    train: [] as number[],
    validation: [] as number[],
    test: [] as number[],
  }
  const withoutLabel: number[] = []
  rows.forEach((row, at) => {
    if (row.label !== null) parts[row.part].push(at)
    else if (row.part === 'all' || row.part === 'train') withoutLabel.push(at)
  })
  if (parts.all.length + parts.train.length === 0) {
    throw new GraftError('data.noRows', 'The dataset has no labelled rows to train on.')
  }
  const strata = stratify(rows, [...parts.all, ...parts.train])
  const draw = (share: number, stream: number): number[] =>
    take(strata, share, options.seed, stream)
  const total = parts.all.length + parts.train.length
  const testShare = parts.test.length > 0 ? 0 : options.test
  const validationShare = parts.validation.length > 0 ? 0 : options.validation
  if (testShare + validationShare >= 1) {
    throw new GraftError(
      'data.splitImpossible',
      `The shares of validation (${validationShare}) and test (${testShare}) leave nothing to train on.`,
    )
  }
  const test = draw(Math.round(testShare * total), 1)
  const validation = draw(Math.round(validationShare * total), 2)
  const remaining = [...strata.values()].reduce((sum, stratum) => sum + stratum.length, 0)
  const train = draw(Math.min(options.trainRows ?? remaining, remaining), 3)
  if (train.length === 0) {
    throw new GraftError(
      'data.splitImpossible',
      `${total} rows are too few to hold out ${test.length} for the test and ${validation.length} for validation.`,
    )
  }
  return {
    train: ascending(train),
    validation: ascending([...parts.validation, ...validation]),
    test: ascending([...parts.test, ...test]),
    unlabelled: ascending([...withoutLabel, ...[...strata.values()].flat()]),
  }
}

/**
 * How many training rows of each class `splitRows` draws, from how many labelled rows there are of
 * each and the shares that are drawn of them; classes without any are left out.
 */
export function trainingCounts(
  labelled: ReadonlyMap<string, number>,
  { test, validation, trainRows }: Omit<SplitOptions, 'seed'>,
): ReadonlyMap<string, number> {
  const classes = [...labelled.keys()].sort((a, b) => (a < b ? -1 : 1))
  const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0)
  let left = classes.map((each) => labelled.get(each) ?? 0)
  const total = sum(left)
  for (const share of [test, validation]) {
    const drawn = apportion(left, Math.round(share * total))
    left = left.map((size, index) => size - Math.min(size, drawn[index] ?? 0))
  }
  const train = apportion(left, Math.min(trainRows ?? sum(left), sum(left)))
  return new Map(
    classes
      .map((each, index) => [each, train[index] ?? 0] as const)
      .filter(([, count]) => count > 0),
  )
}

const ascending = (positions: readonly number[]): Int32Array => Int32Array.from(positions).sort()

/** Positions by label; a regression value or a set of labels has no strata of its own. */
function stratify(
  rows: readonly SplitRow[],
  positions: readonly number[],
): Map<string, readonly number[]> {
  const strata = new Map<string, number[]>()
  for (const at of positions) {
    const label = rows[at]?.label
    const key = typeof label === 'string' ? label : ''
    const stratum = strata.get(key)
    if (stratum === undefined) strata.set(key, [at])
    else stratum.push(at)
  }
  return new Map([...strata].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Takes `count` positions out of the strata, each in its share (largest remainder). */
function take(
  strata: Map<string, readonly number[]>,
  count: number,
  seed: number,
  stream: number,
): number[] {
  const keys = [...strata.keys()]
  const sizes = keys.map((key) => strata.get(key)?.length ?? 0)
  const quotas = apportion(sizes, count)
  const taken: number[] = []
  keys.forEach((key, index) => {
    const stratum = [...(strata.get(key) ?? [])]
    const quota = quotas[index] ?? 0
    const chosen = shuffleInPlace([...stratum], createRandom(seed, stream, index)).slice(0, quota)
    const gone = new Set(chosen)
    strata.set(
      key,
      stratum.filter((at) => !gone.has(at)),
    )
    taken.push(...chosen)
  })
  return taken
}

function apportion(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total === 0) return sizes.map(() => 0)
  const exact = sizes.map((size) => (size * count) / total)
  const quotas = exact.map(Math.floor)
  let missing = count - quotas.reduce((sum, quota) => sum + quota, 0)
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index)
  for (const { index } of byRemainder) {
    if (missing <= 0) break
    quotas[index] = (quotas[index] ?? 0) + 1
    missing -= 1
  }
  return quotas
}
