import type { Filter, FilterValue, Operator } from './filter'

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

/** As `parseFilter`; a text with an error lets every run through. */
export function filterOf(text: string): Filter {
  const parsed = parseFilter(text)
  return parsed.ok ? parsed.filter : { kind: 'all' }
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
