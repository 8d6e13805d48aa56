import type { Run } from '@shared/domain'
import { fieldsOf, lookUp, type FieldValue } from './fields'

/**
 * The filter language of the run table:
 *
 *     accuracy > 0.8 and recipe.optimizer = "adamw" and not (state = failed or tags ~ draft)
 *
 * Comparisons: = != > >= < <= and ~ (contains, without regard to case). A word alone matches names,
 * notes and tags. A field that a run does not have satisfies only !=.
 */
export type Filter =
  | { readonly kind: 'all' }
  | { readonly kind: 'word'; readonly word: string }
  | {
      readonly kind: 'compare'
      readonly path: string
      readonly operator: Operator
      readonly value: FilterValue
    }
  | { readonly kind: 'not'; readonly inner: Filter }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~'
export type FilterValue = string | number | boolean | null

/** Whether a run passes the filter. */
export function matches(filter: Filter, run: Run): boolean {
  return test(filter, run, fieldsOf(run))
}

function test(filter: Filter, run: Run, fields: ReadonlyMap<string, FieldValue>): boolean {
  switch (filter.kind) {
    case 'all':
      return true
    case 'word': {
      const word = filter.word.toLowerCase()
      const texts = [
        run.name,
        run.note,
        `#${run.number}`,
        run.modelName,
        run.datasetName,
        ...run.tags,
      ]
      return texts.some((text) => text.toLowerCase().includes(word))
    }
    case 'compare':
      return compare(lookUp(fields, filter.path), filter.operator, filter.value)
    case 'not':
      return !test(filter.inner, run, fields)
    case 'and':
      return filter.parts.every((part) => test(part, run, fields))
    case 'or':
      return filter.parts.some((part) => test(part, run, fields))
  }
}

function compare(actual: FieldValue | undefined, operator: Operator, wanted: FilterValue): boolean {
  if (actual === undefined) return operator === '!='
  switch (operator) {
    case '=':
      return equal(actual, wanted)
    case '!=':
      return !equal(actual, wanted)
    case '~':
      return text(actual).includes(String(wanted).toLowerCase())
    case '>':
    case '>=':
    case '<':
    case '<=':
      return (
        typeof actual === 'number' && typeof wanted === 'number' && order(actual, operator, wanted)
      )
  }
}

const order = (a: number, operator: '>' | '>=' | '<' | '<=', b: number): boolean =>
  operator === '>' ? a > b : operator === '>=' ? a >= b : operator === '<' ? a < b : a <= b

function equal(actual: FieldValue, wanted: FilterValue): boolean {
  if (Array.isArray(actual)) return actual.some((item) => equal(item, wanted))
  if (typeof actual === 'string') return actual.toLowerCase() === String(wanted).toLowerCase()
  return actual === wanted
}

const text = (value: FieldValue): string =>
  (Array.isArray(value) ? value.join(' ') : String(value)).toLowerCase()
