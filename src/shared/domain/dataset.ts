import type { DatasetId, Timestamp } from './ids'

export const taskKinds = ['single-label', 'multi-label', 'regression'] as const

export type TaskKind = (typeof taskKinds)[number]

/** Where a row comes from: `all` rows are split by the recipe. */
export type Part = 'all' | 'train' | 'validation' | 'test'

export type ColumnType = 'text' | 'category' | 'number' | 'boolean' | 'empty'

/** What each column of the file is used for; everything not named here is a side column. */
export interface ColumnRoles {
  readonly text: string
  readonly pair: string | null
  readonly label: string | null
  /** Ascending cut points that turn a numeric label column into classes; empty: no cutting. */
  readonly cut: readonly number[]
  /** Names of the classes between the cut points: one more than there are cut points. */
  readonly cutNames: readonly string[]
  /** Separator of several labels in one field; null: one label a row. */
  readonly labelSeparator: string | null
}

export interface FileFormat {
  readonly kind: 'csv' | 'tsv' | 'jsonl'
  readonly delimiter: string | null
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  readonly header: boolean
}

export interface PreviewColumn {
  readonly name: string
  readonly type: ColumnType
  readonly distinct: number
  readonly missing: number
  readonly examples: readonly string[]
}

/** A refused row: `row` counts records from 1, without the header. */
export interface BadRow {
  readonly file: string
  readonly row: number
  readonly line: number
  readonly reason: string
  readonly text: string
}

export interface FilePreview {
  readonly path: string
  readonly bytes: number
  readonly format: FileFormat
  readonly columns: readonly PreviewColumn[]
  readonly suggested: Partial<ColumnRoles>
  readonly rows: readonly (readonly string[])[]
  readonly rowsRead: number
  readonly complete: boolean
  readonly badRows: readonly BadRow[]
}

export interface Histogram {
  /** Ascending edges, one more than there are counts. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

export interface PartStatistics {
  readonly part: Part
  readonly rows: number
  readonly labels: Readonly<Record<string, number>>
}

/** Rows of a part that have a label; rows of several labels or a number always count as such. */
export const labelledRows = (
  { task }: Pick<Dataset, 'task'>,
  { rows, labels }: PartStatistics,
): number =>
  task === 'single-label' ? Object.values(labels).reduce((sum, count) => sum + count, 0) : rows

export interface DatasetStatistics {
  readonly parts: readonly PartStatistics[]
  readonly characters: Histogram
  /** Lengths in tokens of `tokensOf`; null before a model was named. */
  readonly tokens: Histogram | null
  readonly tokensOf: string | null
  readonly duplicates: number
  /** Texts that stand in the training part and in the test or validation part. */
  readonly leaked: number
  readonly badRows: number
}

export interface Dataset {
  readonly id: DatasetId
  readonly name: string
  readonly task: TaskKind
  readonly labels: readonly string[]
  readonly roles: ColumnRoles
  readonly sideColumns: readonly string[]
  readonly rows: number
  readonly hash: string
  readonly files: readonly { readonly name: string; readonly part: Part; readonly sha256: string }[]
  readonly statistics: DatasetStatistics
  readonly bytes: number
  readonly source: string
  readonly licence: string | null
  readonly createdAt: Timestamp
}

/** One row as it lies in the snapshot. `label` is null for unlabelled rows. */
export interface DataRow {
  readonly id: number
  readonly part: Part
  readonly text: string
  readonly pair: string | null
  readonly label: string | number | readonly string[] | null
  readonly columns: Readonly<Record<string, string>>
}
