import type { Condition } from '@shared/domain'
import { logOddsScore } from '../log-odds'
import type { Candidate, Filter } from './candidate'
import { passes } from './candidate'
import type { LabelledRows } from './terms'

/** Rows that the prior is worth. */
const priorSize = 10
/** A column of numbers has more distinct values than this; fewer are categories. */
const mostCategories = 10
/** Cuts that are tried in a column of numbers. */
const mostCuts = 32

/**
 * Values and thresholds of side columns that belong to one label: `equals` for categories,
 * `atLeast` and `atMost` for numbers, of which the best for each label and direction stays.
 */
export function columnCandidates(data: LabelledRows, filter: Filter): readonly Candidate[] {
  const labelled = data.gold.flatMap((gold, row) => (gold.length > 0 ? [row] : []))
  const names = new Set(data.batch.rows.flatMap(({ columns }) => Object.keys(columns)))
  return [...names].flatMap((column) => {
    const numbers = numbersOf(data, column, labelled)
    const judge = judgeOf(data, labelled, filter)
    return numbers === null
      ? categories(data, column, labelled).flatMap(judge)
      : thresholds(column, labelled, numbers, judge)
  })
}

interface Pattern {
  readonly name: string
  readonly when: Condition
  readonly rows: readonly number[]
}

/** The numbers of the labelled rows, NaN where there is none; null for a column of categories. */
function numbersOf(
  { batch }: LabelledRows,
  column: string,
  labelled: readonly number[],
): Float64Array | null {
  const { values, numbers } = batch.column(column)
  const filled = labelled.filter((row) => (values[row] ?? '') !== '')
  const found = filled.map((row) => numbers[row] ?? Number.NaN).filter(Number.isFinite)
  const areNumbers = found.length >= 0.95 * filled.length && new Set(found).size > mostCategories
  return areNumbers ? numbers : null
}

function categories(
  { batch }: LabelledRows,
  column: string,
  labelled: readonly number[],
): readonly Pattern[] {
  const { values } = batch.column(column)
  const rows = new Map<string, number[]>()
  for (const row of labelled) {
    const value = values[row] ?? ''
    if (value === '') continue
    const same = rows.get(value)
    if (same === undefined) rows.set(value, [row])
    else same.push(row)
  }
  return Array.from(rows, ([value, having]) => ({
    name: `${column} ${value}`,
    when: { kind: 'column', column, equals: value, atLeast: null, atMost: null },
    rows: having,
  }))
}

/** The best threshold of each direction and label. */
function thresholds(
  column: string,
  labelled: readonly number[],
  numbers: Float64Array,
  judge: (pattern: Pattern) => readonly Candidate[],
): readonly Candidate[] {
  const cuts = cutsOf(labelled.map((row) => numbers[row] ?? Number.NaN).filter(Number.isFinite))
  const directions = [
    (cut: number): Pattern => ({
      name: `${column} at least ${cut}`,
      when: { kind: 'column', column, equals: null, atLeast: cut, atMost: null },
      rows: labelled.filter((row) => (numbers[row] ?? Number.NaN) >= cut),
    }),
    (cut: number): Pattern => ({
      name: `${column} at most ${cut}`,
      when: { kind: 'column', column, equals: null, atLeast: null, atMost: cut },
      rows: labelled.filter((row) => (numbers[row] ?? Number.NaN) <= cut),
    }),
  ]
  return directions.flatMap((direction) => {
    const best = new Map<number, Candidate>()
    for (const candidate of cuts.map(direction).flatMap(judge)) {
      const known = best.get(candidate.label)
      if (known === undefined || candidate.zScore > known.zScore) {
        best.set(candidate.label, candidate)
      }
    }
    return [...best.values()]
  })
}

/** Values at even shares of the rows, ascending and each once. */
function cutsOf(values: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).sort()
  const cuts = Array.from(
    { length: mostCuts },
    (_, at) => sorted[Math.round((at * (sorted.length - 1)) / (mostCuts - 1))],
  )
  return [...new Set(cuts.filter((cut) => cut !== undefined))]
}

function judgeOf(
  { gold, labels }: LabelledRows,
  labelled: readonly number[],
  filter: Filter,
): (pattern: Pattern) => readonly Candidate[] {
  const totals = new Int32Array(labels)
  for (const row of labelled) {
    for (const label of gold[row] ?? []) totals[label] = (totals[label] ?? 0) + 1
  }
  return ({ name, when, rows }) => {
    if (rows.length < filter.minimumRows || rows.length === labelled.length) return []
    const byLabel = new Int32Array(labels)
    for (const row of rows) {
      for (const label of gold[row] ?? []) byLabel[label] = (byLabel[label] ?? 0) + 1
    }
    return Array.from(byLabel).flatMap((correct, label): Candidate[] => {
      const totalInside = totals[label] ?? 0
      const counts = {
        ...{ inside: correct, outside: rows.length - correct },
        ...{ totalInside, totalOutside: labelled.length - totalInside },
      }
      const zScore = logOddsScore(counts, (priorSize * rows.length) / labelled.length, priorSize)
      if (!passes({ correct, rows, zScore }, filter)) return []
      return [{ source: 'column', name, when, label, correct, zScore, rows: Int32Array.from(rows) }]
    })
  }
}
