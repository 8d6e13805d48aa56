/** One record of a delimited file, or the lines that could not be read as one. */
export type CsvRecord =
  | { readonly kind: 'record'; readonly line: number; readonly fields: readonly string[] }
  | {
      readonly kind: 'bad'
      readonly line: number
      readonly reason: string
      /** The beginning of the refused text. */
      readonly text: string
    }

export interface CsvOptions {
  readonly delimiter: string
  /**
   * `records`: a quoted field may contain line breaks. `line`: it ends in its line, and a quote
   * that is not closed before the field's end is a plain character, as is usual in TSV. `none`.
   */
  readonly quotes: 'records' | 'line' | 'none'
  /** Longest record in characters: keeps memory bounded when a quote is never closed. */
  readonly longest?: number
}

interface Parsed {
  readonly fields: readonly string[]
  /** Position after the record's line break. */
  readonly end: number
  /** 1-based field with text after its closing quote; 0: none. */
  readonly broken: number
}

type Attempt = Parsed | { readonly unfinished: true; readonly quotedField: number }

const quote = '"'
const shown = 200

/**
 * An incremental parser of comma-separated values (RFC 4180, with any of the line breaks `\n`,
 * `\r\n` and `\r`). Text is pushed in pieces of any size; empty lines are passed over. A record
 * that cannot be read is given out as `bad` and parsing goes on: after a quote that is never
 * closed, with the line after the one where it stands.
 */
export class CsvParser {
  private pending = ''
  private line = 1
  private skipping = false
  private readonly longest: number

  constructor(private readonly options: CsvOptions) {
    this.longest = options.longest ?? 1_000_000
  }

  /** Records that end within the text so far. */
  *push(text: string): Generator<CsvRecord, void, undefined> {
    this.pending += text
    yield* this.parse(false)
  }

  /** What is left after the last piece. */
  *end(): Generator<CsvRecord, void, undefined> {
    yield* this.parse(true)
  }

  private *parse(final: boolean): Generator<CsvRecord, void, undefined> {
    const text = this.pending
    let at = 0
    while (at < text.length) {
      if (this.skipping) {
        const end = lineEnd(text, at, final)
        if (end === undefined) {
          at = text.endsWith('\r') ? text.length - 1 : text.length
          break
        }
        this.skipping = false
        this.line += 1
        at = end
        continue
      }
      const attempt = parseRecord(text, at, this.options, final)
      if (!('unfinished' in attempt)) {
        const record = this.describe(text, at, attempt)
        if (record !== undefined) yield record
        this.line += countLines(text, at, attempt.end)
        at = attempt.end
      } else if (final || text.length - at > this.longest) {
        const end = lineEnd(text, at, final) ?? text.length
        yield this.unreadable(text.slice(at, end), attempt.quotedField)
        this.skipping = !endsLine(text, end)
        if (!this.skipping) this.line += 1
        at = end
      } else {
        break
      }
    }
    this.pending = text.slice(at)
  }

  private describe(text: string, at: number, parsed: Parsed): CsvRecord | undefined {
    const { fields, broken } = parsed
    if (parsed.end - at <= 2 && fields.length === 1 && fields[0] === '' && text[at] !== quote) {
      return undefined
    }
    if (broken === 0) return { kind: 'record', line: this.line, fields }
    const reason = `Field ${broken} has text after its closing quote.`
    return { kind: 'bad', line: this.line, reason, text: excerpt(text.slice(at, parsed.end)) }
  }

  private unreadable(text: string, quotedField: number): CsvRecord {
    const reason =
      quotedField > 0
        ? `The quote that opens field ${quotedField} in line ${this.line} is never closed.`
        : `The line is longer than ${this.longest} characters.`
    return { kind: 'bad', line: this.line, reason, text: excerpt(text) }
  }
}

const excerpt = (text: string): string => text.slice(0, shown).replace(/[\r\n]+$/, '')

const endsLine = (text: string, end: number): boolean =>
  end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')

/** Position after the next line break; undefined when there is none yet. */
function lineEnd(text: string, from: number, final: boolean): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    const end = breakEnd(text, at, final)
    if (end !== undefined) return end === 'unknown' ? undefined : end
  }
  return final ? text.length : undefined
}

/** Position after a line break at `at`; `unknown` when a `\r` may still become `\r\n`. */
function breakEnd(text: string, at: number, final: boolean): number | 'unknown' | undefined {
  const character = text[at]
  if (character === '\n') return at + 1
  if (character !== '\r') return undefined
  if (at + 1 === text.length) return final ? at + 1 : 'unknown'
  return text[at + 1] === '\n' ? at + 2 : at + 1
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = from; at < to; at += 1) {
    const character = text[at]
    if (character === '\n' || (character === '\r' && text[at + 1] !== '\n')) lines += 1
  }
  return lines
}

function parseRecord(text: string, from: number, options: CsvOptions, final: boolean): Attempt {
  const fields: string[] = []
  let at = from
  let broken = 0
  for (;;) {
    const quoted = text[at] === quote && options.quotes !== 'none'
    const field = quoted ? quotedField(text, at, options) : undefined
    if (field === 'open') return { unfinished: true, quotedField: fields.length + 1 }
    let stop = field?.end ?? at
    const plain = stop
    while (stop < text.length && !endsField(text[stop], options.delimiter)) stop += 1
    if (stop === text.length && !final) {
      return { unfinished: true, quotedField: 0 }
    }
    if (field !== undefined && stop > plain) broken ||= fields.length + 1
    fields.push(field === undefined ? text.slice(at, stop) : field.value)
    if (stop === text.length) return { fields, end: stop, broken }
    const end = breakEnd(text, stop, final)
    if (end === 'unknown') return { unfinished: true, quotedField: 0 }
    if (end !== undefined) return { fields, end, broken }
    at = stop + 1
  }
}

const endsField = (character: string | undefined, delimiter: string): boolean =>
  character === delimiter || character === '\n' || character === '\r'

/** The field that starts with a quote at `from`: `open` when its end is not in the text. */
function quotedField(
  text: string,
  from: number,
  options: CsvOptions,
): { readonly value: string; readonly end: number } | 'open' | undefined {
  let at = from + 1
  let doubled = false
  for (;;) {
    const found = text.indexOf(quote, at)
    if (found === -1) return options.quotes === 'records' ? 'open' : undefined
    if (text[found + 1] === quote) {
      doubled = true
      at = found + 2
      continue
    }
    const value = text.slice(from + 1, found)
    if (options.quotes === 'line' && !closesWithin(text, value, found + 1, options.delimiter)) {
      return undefined
    }
    return { value: doubled ? value.replaceAll('""', '"') : value, end: found + 1 }
  }
}

const closesWithin = (text: string, value: string, end: number, delimiter: string): boolean =>
  !/[\r\n]/.test(value) && (end === text.length || endsField(text[end], delimiter))
