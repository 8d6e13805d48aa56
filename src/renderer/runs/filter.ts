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
type FilterValue = string | number | boolean | null

export interface FilterProblem {
  readonly message: string
  /** Position in the text, in characters from 0. */
  readonly position: number
}

export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly problem: FilterProblem }

interface Token {
  readonly kind: 'word' | 'string' | 'operator' | 'open' | 'close'
  readonly text: string
  readonly position: number
}

class FilterError extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message)
  }
}

const tokenPattern =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(!=|>=|<=|[=<>~])|([()])|([^\s()=<>!~"']+))/y

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const start = tokenPattern.lastIndex
    const match = tokenPattern.exec(text)
    if (match === null)
      throw new FilterError(`Unexpected "${text.slice(start).trim().charAt(0)}".`, start)
    const [whole, quoted, operator, bracket, word] = match
    const position = start + whole.length - whole.trimStart().length
    if (quoted !== undefined) tokens.push({ kind: 'string', text: unquote(quoted), position })
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator, position })
    else if (bracket !== undefined)
      tokens.push({ kind: bracket === '(' ? 'open' : 'close', text: bracket, position })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, position })
  }
  return tokens
}

const unquote = (text: string): string => text.slice(1, -1).replaceAll(/\\(.)/g, '$1')

/** Parses a filter; an empty text lets every run through. */
export function parseFilter(text: string): ParsedFilter {
  try {
    const tokens = tokenize(text)
    if (tokens.length === 0) return { ok: true, filter: { kind: 'all' } }
    const parser = new Parser(tokens, text.length)
    return { ok: true, filter: parser.parse() }
  } catch (error) {
    if (error instanceof FilterError)
      return { ok: false, problem: { message: error.message, position: error.position } }
    throw error
  }
}

class Parser {
  private index = 0

  constructor(
    private readonly tokens: readonly Token[],
    private readonly end: number,
  ) {}

  parse(): Filter {
    const filter = this.parseOr()
    const rest = this.tokens[this.index]
    if (rest !== undefined)
      throw new FilterError(`Expected "and" or "or" before "${rest.text}".`, rest.position)
    return filter
  }

  private parseOr(): Filter {
    return this.parseList('or', () => this.parseAnd())
  }

  private parseAnd(): Filter {
    return this.parseList('and', () => this.parseUnary())
  }

  private parseList(kind: 'and' | 'or', next: () => Filter): Filter {
    const parts = [next()]
    while (this.takeWord(kind)) parts.push(next())
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : { kind, parts }
  }

  private parseUnary(): Filter {
    if (this.takeWord('not')) return { kind: 'not', inner: this.parseUnary() }
    const token = this.take('a field or a word')
    if (token.kind === 'open') {
      const inner = this.parseOr()
      const close = this.take('")"')
      if (close.kind !== 'close') throw new FilterError('Expected ")".', close.position)
      return inner
    }
    if (token.kind !== 'word' && token.kind !== 'string')
      throw new FilterError(`Expected a field or a word, found "${token.text}".`, token.position)
    const operator = this.tokens[this.index]
    if (operator?.kind !== 'operator') return { kind: 'word', word: token.text }
    this.index += 1
    const value = this.take(`a value after "${operator.text}"`)
    if (value.kind !== 'word' && value.kind !== 'string')
      throw new FilterError(`Expected a value, found "${value.text}".`, value.position)
    return {
      kind: 'compare',
      path: token.text,
      operator: asOperator(operator),
      value: value.kind === 'string' ? value.text : scalar(value.text),
    }
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.index]
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false
    this.index += 1
    return true
  }

  private take(expected: string): Token {
    const token = this.tokens[this.index]
    if (token === undefined) throw new FilterError(`Expected ${expected}.`, this.end)
    this.index += 1
    return token
  }
}

const operators: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<=', '~']

function asOperator(token: Token): Operator {
  const found = operators.find((operator) => operator === token.text)
  if (found === undefined)
    throw new FilterError(`Unknown comparison "${token.text}".`, token.position)
  return found
}

function scalar(text: string): FilterValue {
  if (text === 'true') return true
  if (text === 'false') return false
  if (text === 'null' || text === 'none') return null
  const percent = /^(-?[\d.]+(?:e[+-]?\d+)?)%$/i.exec(text)
  if (percent?.[1] !== undefined) return Number(percent[1]) / 100
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}

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

export interface Completion {
  readonly text: string
  /** Range of the filter text that the completion replaces. */
  readonly from: number
  readonly to: number
}

/** What could be written at `caret`: fields, comparisons or the values that the runs have. */
export function complete(
  filterText: string,
  caret: number,
  runs: readonly Run[],
): readonly Completion[] {
  const before = filterText.slice(0, caret)
  const value = /([^\s()=<>!~"']+)\s*(?:!=|>=|<=|[=<>~])\s*"?([^\s()"]*)$/.exec(before)
  if (value?.[1] !== undefined && value[2] !== undefined)
    return replaceEnd(valuesOf(runs, value[1]), value[2], caret)
  const word = /([^\s()=<>!~"']*)$/.exec(before)?.[1] ?? ''
  return replaceEnd(fieldNames(runs), word, caret)
}

function replaceEnd(candidates: readonly string[], typed: string, caret: number): Completion[] {
  const start = typed.toLowerCase()
  return candidates
    .filter((candidate) => candidate.toLowerCase().includes(start) && candidate !== typed)
    .sort(
      (a, b) =>
        Number(b.toLowerCase().startsWith(start)) - Number(a.toLowerCase().startsWith(start)),
    )
    .slice(0, 12)
    .map((candidate) => ({ text: candidate, from: caret - typed.length, to: caret }))
}

function fieldNames(runs: readonly Run[]): string[] {
  const names = new Set<string>()
  for (const run of runs.slice(0, 200)) for (const name of fieldsOf(run).keys()) names.add(name)
  return [...names].sort()
}

function valuesOf(runs: readonly Run[], path: string): string[] {
  const values = new Set<string>()
  for (const run of runs.slice(0, 1000)) {
    const value = lookUp(fieldsOf(run), path)
    if (value === undefined || typeof value === 'number') continue
    for (const item of Array.isArray(value) ? value : [value]) {
      const written = String(item)
      values.add(/^[^\s()=<>!~"']+$/.test(written) ? written : JSON.stringify(written))
    }
  }
  return [...values].sort()
}
