import { Bits } from './bits'
import { foldCase } from './folding'
import type { Forms } from './forms'
import type { KnowledgeRow } from './types'
import { wordFlags } from './words'
import type { Alternatives } from './required-literals'
import { WordParts } from './word-parts'
import type { WordTable } from './word-table'
import { wordTable } from './word-table'

/** The values of a side column: empty where a row has none; NaN where it is no number. */
interface Column {
  readonly values: readonly (string | undefined)[]
  readonly numbers: Float64Array
}

/** Fewer rows than this are searched faster one by one than through their distinct words. */
const fewRows = 256

/** Sets of rows that are kept, at most: an editor asks for ever new ones. */
const mostRemembered = 1000

/**
 * Rows with their words, and what conditions ask of them again and again. Text 2r of the table is
 * the text of row r, text 2r + 1 its second text, empty where there is none.
 */
export class RowBatch {
  readonly rows: readonly KnowledgeRow[]
  readonly words: WordTable
  readonly #columns = new Map<string, Column>()
  readonly #remembered = new Map<string, Bits>()
  #noColumn: Column | null = null
  readonly #lengths = new Map<'characters' | 'words', Float64Array>()
  #folded: readonly string[] | null = null
  #parts: WordParts | null = null

  constructor(rows: readonly KnowledgeRow[], words: WordTable) {
    this.rows = rows
    this.words = words
  }

  static of(rows: readonly KnowledgeRow[], forms?: Forms): RowBatch {
    const texts = rows.flatMap(({ text, pair }) => [text, pair ?? ''])
    return new RowBatch(rows, wordTable(texts, forms))
  }

  text(text: number): string {
    const row = this.rows[text >> 1]
    return (text & 1) === 0 ? (row?.text ?? '') : (row?.pair ?? '')
  }

  /** The first word of a text in the table; the end of a text is the first word of the next. */
  firstWord(text: number): number {
    return this.words.offsets[text] ?? 0
  }

  /** All texts with their case folded. */
  folded(): readonly string[] {
    this.#folded ??= this.rows.flatMap(({ text, pair }) => [
      foldCase(text),
      pair === null ? '' : foldCase(pair),
    ])
    return this.#folded
  }

  /** Rows with a text in which, folded, one string of each of these alternatives stands. */
  holding(literals: readonly Alternatives[]): Bits {
    const folded = this.folded()
    const rows = new Bits(this.rows.length)
    const holds = (text: string): boolean =>
      literals.every((strings) => strings.some((string) => text.includes(string)))
    const look = (row: number): void => {
      if (rows.has(row)) return
      if (holds(folded[2 * row] ?? '') || holds(folded[2 * row + 1] ?? '')) rows.add(row)
    }
    const runs = (literals[0] ?? ['']).map(longestRun)
    if (this.rows.length < fewRows || runs.includes(undefined)) {
      this.rows.forEach((_, row) => look(row))
      return rows
    }
    this.#parts ??= new WordParts(this.words)
    for (const run of runs) this.#parts.texts(run ?? '', (text) => look(text >> 1))
    return rows
  }

  /** Rows that many rules ask for, such as those with a value in a column. */
  remembered(key: string, find: () => Bits): Bits {
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const found = find()
    if (this.#remembered.size < mostRemembered) this.#remembered.set(key, found)
    return found
  }

  column(name: string): Column {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    if (!this.rows.some(({ columns }) => Object.hasOwn(columns, name))) return this.#missing()
    const values = this.rows.map(({ columns }) =>
      Object.hasOwn(columns, name) ? columns[name]?.normalize('NFC').trim() : undefined,
    )
    const column = { values, numbers: Float64Array.from(values, numberIn) }
    this.#columns.set(name, column)
    return column
  }

  /** The values of every column that no row has: an editor asks for ever new ones. */
  #missing(): Column {
    this.#noColumn ??= {
      values: this.rows.map(() => undefined),
      numbers: new Float64Array(this.rows.length).fill(Number.NaN),
    }
    return this.#noColumn
  }

  /** Length of each row, both texts together: characters (code points) or words. */
  lengths(unit: 'characters' | 'words'): Float64Array {
    const known = this.#lengths.get(unit)
    if (known !== undefined) return known
    const measure = unit === 'words' ? this.#wordsOf : charactersOf
    const lengths = Float64Array.from(this.rows, (row, at) => measure.call(this, row, at))
    this.#lengths.set(unit, lengths)
    return lengths
  }

  #wordsOf(_row: KnowledgeRow, at: number): number {
    let count = 0
    for (let word = this.firstWord(2 * at); word < this.firstWord(2 * at + 2); word += 1) {
      if (((this.words.flags[word] ?? 0) & wordFlags.counts) !== 0) count += 1
    }
    return count
  }
}

/** The longest run of letters and digits in a string, if there is one of two at least. */
function longestRun(string: string): string | undefined {
  const runs = string.match(/[a-z0-9]{2,}/g) ?? []
  return runs.toSorted((a, b) => b.length - a.length)[0]
}

export const fieldOf = (text: number): 'text' | 'pair' => ((text & 1) === 0 ? 'text' : 'pair')

/** The number that a value of a column says; NaN where it says none. */
export const numberIn = (value: string | undefined): number =>
  value === undefined || value === '' ? Number.NaN : Number(value)

function charactersOf({ text, pair }: KnowledgeRow): number {
  return codePoints(text) + codePoints(pair ?? '')
}

function codePoints(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count += 1
  return count
}
