import type { Lexicon, LexiconEntry, Rationale, Triple } from '@shared/domain'
import { t } from '../i18n'
import { classFault } from './faults'
import { parseNumber, plainNumber } from '../ui/number'
import type { TableColumn } from './tableRows'

/** A column whose cells are edited in place. */
export interface EditColumn<Row> extends TableColumn<Row> {
  readonly label: string
  /** A CSS grid track. */
  readonly width: string
  readonly align?: 'right'
  /** Values that are offered; others may be written where `strict` is not set. */
  readonly options?: readonly string[]
  readonly strict?: boolean
  /** Numbers are drawn as bars from zero; this size fills half of the cell. */
  readonly scale?: number
  /** The row with this text in the cell; null where the text cannot be a value of it. */
  readonly write: (row: Row, text: string) => Row | null
  /** What is wrong with the value of a row; null: nothing. */
  readonly faultOf?: (row: Row) => string | null
}

/** How a part of a pack is edited as a table. */
export interface TableShape<Row> {
  readonly columns: readonly EditColumn<Row>[]
  readonly empty: Row
  /** Rows with the same key say the same: the later one replaces the earlier. */
  readonly keyOf: (row: Row) => string
}

/** Valences usually lie between -4 and 4. */
const valenceScale = 4

const word = (text: string): string | null => (text.trim() === '' ? null : text.trim())

function numberColumn<Row>(
  label: string,
  key: string,
  value: (row: Row) => number,
  write: (row: Row, value: number) => Row,
  scale: number,
): EditColumn<Row> {
  return {
    key,
    label,
    value,
    scale,
    width: 'minmax(200px, 1.2fr)',
    align: 'right',
    write: (row, text) => {
      const number = parseNumber(text)
      return number === undefined || number === null ? null : write(row, number)
    },
  }
}

function textColumn<Row>(
  label: string,
  key: string,
  value: (row: Row) => string,
  write: (row: Row, value: string) => Row,
  width = 'minmax(160px, 1fr)',
): EditColumn<Row> {
  return {
    key,
    label,
    value,
    width,
    write: (row, text) => {
      const written = word(text)
      return written === null ? null : write(row, written)
    },
  }
}

/** Terms with a valence, or with a class and a weight. */
export function lexiconShape(
  { valence, caseSensitive }: Pick<Lexicon, 'valence' | 'caseSensitive'>,
  labels: readonly string[],
): TableShape<LexiconEntry> {
  const term = textColumn<LexiconEntry>(
    t('pack.term'),
    'term',
    (entry) => entry.term,
    (entry, value) => ({ ...entry, term: value }),
    'minmax(180px, 2fr)',
  )
  const weight = numberColumn<LexiconEntry>(
    valence === null ? t('pack.weight') : t('pack.valence'),
    'weight',
    (entry) => entry.weight,
    (entry, value) => ({ ...entry, weight: value }),
    valenceScale,
  )
  const label: EditColumn<LexiconEntry> = {
    key: 'label',
    label: t('pack.label'),
    value: (entry) => entry.label,
    width: 'minmax(120px, 1fr)',
    options: labels,
    write: (entry, text) => {
      const value = word(text)
      return value === null ? null : { ...entry, label: value }
    },
    faultOf: (entry) => classFault(entry.label, labels),
  }
  const keyOf = (entry: LexiconEntry): string =>
    caseSensitive ? entry.term : entry.term.toLowerCase()
  return valence === null
    ? {
        columns: [term, label, weight],
        empty: { term: '', label: labels[0] ?? null, weight: 1 },
        keyOf: (entry) => `${keyOf(entry)}\t${entry.label ?? ''}`,
      }
    : { columns: [term, weight], empty: { term: '', label: null, weight: 1 }, keyOf }
}

export const tripleShape = (): TableShape<Triple> => ({
  columns: [
    textColumn(
      t('pack.head'),
      'head',
      (row) => row.head,
      (row, head) => ({ ...row, head }),
    ),
    textColumn(
      t('pack.relation'),
      'relation',
      (row) => row.relation,
      (row, relation) => ({ ...row, relation }),
    ),
    textColumn(
      t('pack.tail'),
      'tail',
      (row) => row.tail,
      (row, tail) => ({ ...row, tail }),
    ),
  ],
  empty: { head: '', relation: '', tail: '' },
  keyOf: ({ head, relation, tail }) => [head, relation, tail].join('\t'),
})

export const vocabularyShape = (): TableShape<string> => ({
  columns: [
    textColumn(
      t('pack.term'),
      'term',
      (row) => row,
      (_, term) => term,
    ),
  ],
  empty: '',
  keyOf: (row) => row,
})

export function rationaleShape(labels: readonly string[]): TableShape<Rationale> {
  const roles = { reason: t('pack.role.reason'), irrelevant: t('pack.role.irrelevant') } as const
  return {
    columns: [
      textColumn(
        t('pack.term'),
        'term',
        (row) => row.term,
        (row, term) => ({ ...row, term }),
      ),
      {
        key: 'role',
        label: t('pack.role'),
        value: (row) => roles[row.role],
        width: '220px',
        options: [roles.reason, roles.irrelevant],
        strict: true,
        write: (row, text) => {
          const value = text.trim().toLowerCase()
          const role = (['reason', 'irrelevant'] as const).find(
            (each) => each === value || roles[each].toLowerCase() === value,
          )
          return role === undefined ? null : { ...row, role }
        },
      },
      {
        key: 'label',
        label: t('pack.label'),
        value: (row) => row.label,
        width: 'minmax(120px, 1fr)',
        options: ['', ...labels],
        write: (row, text) => ({ ...row, label: word(text) }),
        faultOf: (row) => classFault(row.label, labels),
      },
    ],
    empty: { term: '', role: 'reason', label: null },
    keyOf: ({ term, label }) => `${term.toLowerCase()}\t${label ?? ''}`,
  }
}

/** A cell as it is typed: numbers without grouping. */
export function cellText<Row>(column: TableColumn<Row>, row: Row): string {
  const value = column.value(row)
  return typeof value === 'number' ? plainNumber(value) : (value ?? '')
}

/** A line that could not become a row. Line from 1. */
export interface RefusedLine {
  readonly line: number
  readonly text: string
  /** The column whose value is wrong. */
  readonly column: string
}

export interface Merged<Row> {
  readonly rows: readonly Row[]
  readonly added: number
  /** Rows that were there with other values. */
  readonly changed: number
  readonly refused: readonly RefusedLine[]
}

/**
 * Pasted cells put into a table. A first line with the names of the columns is left out; empty
 * cells at the end keep the usual value; a row that is there already takes the pasted values.
 */
export function mergeCells<Row>(
  rows: readonly Row[],
  shape: TableShape<Row>,
  cells: readonly (readonly string[])[],
): Merged<Row> {
  const merged = [...rows]
  const places = new Map(rows.map((row, place) => [shape.keyOf(row), place]))
  const refused: RefusedLine[] = []
  let added = 0
  let changed = 0
  cells.forEach((line, index) => {
    if (index === 0 && isHeader(line, shape)) return
    const read = readLine(line, shape)
    if ('column' in read) {
      refused.push({ line: index + 1, text: line.join(' · '), column: read.column })
      return
    }
    const key = shape.keyOf(read.row)
    const place = places.get(key)
    if (place === undefined) {
      places.set(key, merged.length)
      merged.push(read.row)
      added += 1
    } else if (JSON.stringify(merged[place]) !== JSON.stringify(read.row)) {
      merged[place] = read.row
      changed += 1
    }
  })
  return { rows: added + changed === 0 ? rows : merged, added, changed, refused }
}

function readLine<Row>(
  line: readonly string[],
  { columns, empty }: TableShape<Row>,
): { readonly row: Row } | { readonly column: string } {
  let row = empty
  for (const [at, column] of columns.entries()) {
    const text = line[at]
    if (text === undefined || (text === '' && at > 0)) continue
    const written = column.write(row, text)
    if (written === null) return { column: column.label }
    row = written
  }
  return { row }
}

/** Whether a line names the columns, in the file's words or the interface's. */
function isHeader<Row>(line: readonly string[], { columns }: TableShape<Row>): boolean {
  const known = new Set(columns.flatMap(({ key, label }) => [key, label.toLowerCase()]))
  known.add('valence')
  return line.length > 0 && line.every((cell) => cell === '' || known.has(cell.toLowerCase()))
}
