import type { BadRow, FileFormat } from '@shared/domain/dataset'

/** One row of a table file as text, in the order of the table's columns. */
export type TableRecord =
  | {
      readonly kind: 'row'
      /** Counted from 1, without the header, refused rows included. */
      readonly row: number
      readonly line: number
      /** A value for each column; null: the row does not have it. May be shorter than the columns. */
      readonly values: readonly (string | null)[]
      readonly bytesRead: number
    }
  | { readonly kind: 'bad'; readonly bad: BadRow; readonly bytesRead: number }

/** An open table: every row is given out once, as values or as refused with a reason. */
export interface Table {
  readonly path: string
  /** Name of the file without its folder, as it stands in refused rows. */
  readonly name: string
  readonly bytes: number
  readonly format: FileFormat
  /** Some bytes are not of the encoding: rows that hold them are refused. */
  readonly damaged: boolean
  /** Names in the order of the values. Of JSONL the list grows when a row brings a new key. */
  readonly columns: readonly string[]
  records(signal?: AbortSignal): AsyncGenerator<TableRecord, void, undefined>
}

export interface TableOptions {
  readonly delimiter?: string | undefined
  readonly header?: boolean | undefined
  /** Bytes read to decide on the encoding; the default is the whole file. */
  readonly encodingLimit?: number | undefined
}

/** Why a value with U+FFFD is refused in a damaged file. */
export const damagedReason = 'The row has bytes that are not valid UTF-8.'

export const isDamaged = (values: readonly (string | null)[]): boolean =>
  values.some((value) => value?.includes('\ufffd') === true)
