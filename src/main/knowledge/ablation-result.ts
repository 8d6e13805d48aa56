import type { AblationResult, AblationRow, AblationTest, LabelEfficiency } from '@shared/domain'
import { finish, type Steps } from './steps'
import { bootstrapMean } from './statistics/bootstrap'
import { labelsNeeded } from './statistics/label-efficiency'
import { mcnemarTest } from './statistics/mcnemar'
import { signFlipInSteps } from './statistics/permutation'

/** Which test rows a run got right. */
export interface RowOutcomes {
  readonly rows: Int32Array
  /** 1 where the answer was right; one entry a row. */
  readonly right: Uint8Array
}

/** One finished cell: its value, and its rows where the metric is their accuracy. */
export interface ResultCell {
  readonly arm: string
  readonly labels: number | null
  readonly seed: number
  readonly value: number
  readonly outcomes: RowOutcomes | null
}

export interface ResultQuestion {
  readonly metric: string
  readonly lowerIsBetter: boolean
  /** In the order of the table. */
  readonly arms: readonly string[]
  /** Pairs that are tested: an arm and what it is measured against. */
  readonly pairs: readonly (readonly [arm: string, against: string])[]
  /** Arms whose label efficiency is asked for, measured on the curve of `none`. */
  readonly efficiencyOf: readonly string[]
  /** Training rows where a number of labels is null. */
  readonly allLabels: number
}

/**
 * The result of an ablation from its finished cells: at each number of labels over the seeds that
 * every arm with a result there has, so that arms are compared on the same splits.
 */
export function* resultInSteps(
  cells: readonly ResultCell[],
  question: ResultQuestion,
): Steps<AblationResult> {
  const groups = [...groupBy(cells, (cell) => cell.labels)]
    .sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity))
    .map(([labels, group]) => ({ labels, arms: comparableArms(group, question.arms) }))
  const table: AblationRow[] = []
  for (const group of groups) table.push(...(yield* tableOf(group, question.metric)))
  const tests: AblationTest[] = []
  for (const group of groups) tests.push(...(yield* testsOf(group, question)))
  return { table, tests, efficiency: efficiencyOf(table, question) }
}

/** The same at once. */
export const resultOf = (...asked: Parameters<typeof resultInSteps>): AblationResult =>
  finish(resultInSteps(...asked))

interface Group {
  readonly labels: number | null
  /** The cells of each arm in ascending order of seeds, the same seeds in every arm. */
  readonly arms: ReadonlyMap<string, readonly ResultCell[]>
}

function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

function comparableArms(cells: readonly ResultCell[], order: readonly string[]): Group['arms'] {
  const found = groupBy(cells, (cell) => cell.arm)
  const arms = order.flatMap((arm): (readonly [string, readonly ResultCell[]])[] => {
    const ofArm = found.get(arm)
    return ofArm === undefined ? [] : [[arm, ofArm]]
  })
  const seedsOf = arms.map(([, each]) => new Set(each.map(({ seed }) => seed)))
  const shared = (seed: number): boolean => seedsOf.every((seeds) => seeds.has(seed))
  const ofSharedSeeds = arms.map(([arm, each]): [string, readonly ResultCell[]] => [
    arm,
    each.filter(({ seed }) => shared(seed)).sort((a, b) => a.seed - b.seed),
  ])
  return new Map(ofSharedSeeds.filter(([, each]) => each.length > 0))
}

function* tableOf({ labels, arms }: Group, metric: string): Steps<readonly AblationRow[]> {
  const rows: AblationRow[] = []
  for (const [arm, cells] of arms) {
    yield
    const interval = bootstrapMean(cells.map(({ value }) => value))
    rows.push({ ...{ labels, arm, metric }, ...interval, seeds: cells.length })
  }
  return rows
}

function* testsOf(
  { labels, arms }: Group,
  { pairs, metric }: ResultQuestion,
): Steps<readonly AblationTest[]> {
  const tests: AblationTest[] = []
  for (const [arm, against] of pairs) {
    const cells = arms.get(arm)
    const others = arms.get(against)
    if (cells === undefined || others === undefined) continue
    const found = yield* compare(cells, others)
    tests.push({ ...{ labels, arm, against, metric }, ...found })
  }
  return tests
}

/**
 * The p-value is the greater one of two paired permutation tests: over seeds, and over test rows
 * (each with its share of the difference, all seeds together). A difference counts only if other
 * draws of training rows and other test rows would both show it (an intersection–union test,
 * Berger 1982). Of one seed there are two models, for which McNemar's test looks at the rows. Without
 * rows it is the test over seeds alone.
 */
function* compare(
  cells: readonly ResultCell[],
  others: readonly ResultCell[],
): Steps<Pick<AblationTest, 'difference' | 'low' | 'high' | 'p' | 'seeds'>> {
  yield
  const differences = cells.map(({ value }, at) => value - (others[at]?.value ?? Number.NaN))
  const { mean, low, high } = bootstrapMean(differences)
  yield
  const rows = rowDifferences(cells, others)
  yield
  const p = yield* pValue(differences, rows)
  return { difference: mean, low, high, p, seeds: differences.length }
}

function* pValue(differences: readonly number[], rows: readonly number[] | null): Steps<number> {
  if (rows === null) return yield* signFlipInSteps(differences)
  const better = rows.filter((each) => each > 0).length
  return differences.length === 1
    ? mcnemarTest(better, rows.filter((each) => each < 0).length)
    : Math.max(yield* signFlipInSteps(differences), yield* signFlipInSteps(rows))
}

/** What each test row adds to the difference of the means; null where answers are missing. */
function rowDifferences(
  cells: readonly ResultCell[],
  others: readonly ResultCell[],
): readonly number[] | null {
  const sums = new Map<number, number>()
  for (const [at, { outcomes }] of cells.entries()) {
    const other = others[at]?.outcomes ?? null
    if (outcomes === null || other === null) return null
    const rightOfOther = new Map<number, number>()
    other.rows.forEach((row, index) => rightOfOther.set(row, other.right[index] ?? 0))
    const share = 1 / (outcomes.rows.length * cells.length)
    for (const [index, row] of outcomes.rows.entries()) {
      const right = rightOfOther.get(row)
      if (right === undefined) return null
      const difference = (outcomes.right[index] ?? 0) - right
      if (difference !== 0) sums.set(row, (sums.get(row) ?? 0) + difference * share)
    }
  }
  return [...sums.values()]
}

/** How many labels `none` needs to match each arm's mean; the measured means are taken as they are. */
function efficiencyOf(
  table: readonly AblationRow[],
  { efficiencyOf: arms, allLabels, lowerIsBetter }: ResultQuestion,
): readonly LabelEfficiency[] {
  const pointsOf = (arm: string) =>
    table
      .filter((row) => row.arm === arm)
      .map(({ labels, mean }) => ({ labels: labels ?? allLabels, value: mean }))
      .sort((a, b) => a.labels - b.labels)
  const curve = pointsOf('none')
  if (curve.length === 0) return []
  return arms.flatMap((arm) =>
    pointsOf(arm).map(({ labels, value }) => {
      const needed = labelsNeeded(curve, value, lowerIsBetter)
      return { arm, labels, needed, ratio: needed === null ? null : needed / labels }
    }),
  )
}
