import type { Condition } from '@shared/domain'
import { Bits } from './bits'
import { foldWord } from './folding'
import { nearPairs } from './near'
import type { Pattern } from './pattern'
import { compilePattern } from './pattern'
import type { Found, Hits, Probes } from './probes'
import { hitsOf } from './probes'
import type { RowBatch } from './row-batch'
import { numberIn } from './row-batch'

/** A condition made ready: its terms are numbers of probes, its patterns are compiled. */
export type Test =
  | {
      readonly kind: 'term'
      readonly probe: number
      readonly term: string
      readonly atLeast: number
    }
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | {
      readonly kind: 'near'
      readonly first: number
      readonly second: number
      readonly within: number
      readonly terms: readonly [string, string]
    }
  | { readonly kind: 'not'; readonly test: Test }
  | { readonly kind: 'all' | 'any'; readonly tests: readonly Test[] }
  | Extract<Condition, { readonly kind: 'length' | 'column' }>

/** Prepares a condition; its terms join the probes. Throws SyntaxError for a damaged pattern. */
export function prepare(condition: Condition, probes: Probes): Test {
  const pattern = (source: string): Test => ({
    kind: 'pattern',
    pattern: compilePattern(source, { caseSensitive: false }),
  })
  const probe = (text: string, stem = false): number => probes.add({ text, stem })
  switch (condition.kind) {
    case 'contains': {
      const { term, match } = condition
      if (match === 'regex') return pattern(term)
      return { kind: 'term', probe: probe(term, match === 'stem'), term, atLeast: 1 }
    }
    case 'count': {
      const { term, atLeast } = condition
      return { kind: 'term', probe: probe(term), term, atLeast }
    }
    case 'regex':
      return pattern(condition.pattern)
    case 'near': {
      const { first, second, within } = condition
      return {
        kind: 'near',
        first: probe(first),
        second: probe(second),
        within,
        terms: [first, second],
      }
    }
    case 'not':
      return { kind: 'not', test: prepare(condition.condition, probes) }
    case 'all':
    case 'any':
      return {
        kind: condition.kind,
        tests: condition.conditions.map((one) => prepare(one, probes)),
      }
    case 'length':
    case 'column':
      return condition
  }
}

/** The rows of a batch in which a condition holds; `found` is what the probes found there. */
export function holds(test: Test, batch: RowBatch, found: Found): Bits {
  const { length } = batch.rows
  switch (test.kind) {
    case 'term':
      return rowsWithTerm(hitsOf(found, test.probe), test.atLeast, length)
    case 'pattern':
      return rowsWithPattern(test.pattern, batch)
    case 'near': {
      const rows = new Bits(length)
      const [first, second] = [hitsOf(found, test.first), hitsOf(found, test.second)]
      for (const [at] of nearPairs(first, second, test.within, batch.words)) {
        rows.add((first.texts[at] ?? 0) >> 1)
      }
      return rows
    }
    case 'not':
      return holds(test.test, batch, found).not()
    case 'all':
      return test.tests.map((one) => holds(one, batch, found)).reduce((a, b) => a.and(b))
    case 'any':
      return test.tests.map((one) => holds(one, batch, found)).reduce((a, b) => a.or(b))
    case 'length':
      return rowsBetween(batch.lengths(test.unit), test)
    case 'column':
      return batch.remembered(JSON.stringify(test), () => rowsWithColumn(test, batch))
  }
}

/** Rows in which a term stands at least so often; places that overlap count once. */
function rowsWithTerm({ texts, first, last }: Hits, atLeast: number, length: number): Bits {
  const rows = new Bits(length)
  let [row, count, taken] = [-1, 0, -1]
  texts.forEach((text, at) => {
    if (text >> 1 !== row) [row, count] = [text >> 1, 0]
    if ((first[at] ?? 0) <= taken) return
    taken = last[at] ?? 0
    count += 1
    if (count >= atLeast) rows.add(row)
  })
  return rows
}

function rowsWithPattern({ literals, test }: Pattern, batch: RowBatch): Bits {
  const rows = new Bits(batch.rows.length)
  const look = (row: number): void => {
    if (test(batch.text(2 * row)) || test(batch.text(2 * row + 1))) rows.add(row)
  }
  if (literals.length === 0) batch.rows.forEach((_, row) => look(row))
  else batch.holding(literals).forEach(look)
  return rows
}

interface Bounds {
  readonly atLeast: number | null
  readonly atMost: number | null
}

function rowsBetween(numbers: Float64Array, { atLeast, atMost }: Bounds): Bits {
  const rows = new Bits(numbers.length)
  const [least, most] = [atLeast ?? Number.NEGATIVE_INFINITY, atMost ?? Number.POSITIVE_INFINITY]
  for (let row = 0; row < numbers.length; row += 1) {
    const number = numbers[row] ?? Number.NaN
    // NaN, no number, is in no bounds.
    if (number >= least && number <= most) rows.add(row)
  }
  return rows
}

function rowsWithColumn(test: Extract<Test, { kind: 'column' }>, batch: RowBatch): Bits {
  const { values, numbers } = batch.column(test.column)
  const bounded = test.atLeast !== null || test.atMost !== null
  const between = bounded ? rowsBetween(numbers, test) : null
  if (test.equals === null) return between ?? rowsBetween(numbers, test)
  const equal = new Bits(values.length)
  const sought = foldWord(test.equals.trim())
  const number = numberIn(test.equals.trim())
  values.forEach((value, row) => {
    if (value === undefined) return
    if (foldWord(value) === sought || numbers[row] === number) equal.add(row)
  })
  return between === null ? equal : equal.and(between)
}
