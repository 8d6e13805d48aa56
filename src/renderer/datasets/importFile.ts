import {
  missingLooking,
  type BadRow,
  type FilePreview,
  type LabelRows,
  type Part,
} from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'

/** What is known of a file's content. */
export type Reading =
  /** `last`: what it was before it is read again in another way. */
  | { readonly kind: 'reading'; readonly last: FilePreview | null }
  | { readonly kind: 'read'; readonly preview: FilePreview }
  | { readonly kind: 'failed'; readonly error: ErrorPayload }

/** A file of an import, with the part of the dataset that it becomes. */
export interface ImportFile {
  readonly path: string
  readonly name: string
  readonly part: Part
  readonly reading: Reading
}

/** The file's first rows, as they were read last; null where they cannot be had. */
export function previewOf(file: ImportFile | undefined): FilePreview | null {
  if (file === undefined || file.reading.kind === 'failed') return null
  return file.reading.kind === 'read' ? file.reading.preview : file.reading.last
}

/** Of the wanted columns those that a file does not have. */
export function missingColumns(
  file: ImportFile,
  wanted: readonly (string | null)[],
): readonly string[] {
  const preview = previewOf(file)
  if (preview === null) return []
  const names = new Set(preview.columns.map((column) => column.name))
  return wanted.filter((name) => name !== null).filter((name) => !names.has(name))
}

/** The refused rows of all files, in their order, under the names that the person gave them. */
export const refusedRows = (files: readonly ImportFile[]): readonly BadRow[] =>
  files.flatMap((file) =>
    (previewOf(file)?.badRows ?? []).map((row) => ({ ...row, file: file.name })),
  )

/** The labels of a column that look like missing values, in the rows of all files that were read. */
export function missingLabels(files: readonly ImportFile[], column: string): readonly LabelRows[] {
  const counts = new Map<string, number>()
  for (const preview of files.map(previewOf)) {
    const at = preview?.columns.findIndex(({ name }) => name === column) ?? -1
    for (const row of at === -1 ? [] : (preview?.rows ?? [])) {
      const label = row[at]?.trim() ?? ''
      counts.set(label, (counts.get(label) ?? 0) + 1)
    }
  }
  return missingLooking(counts)
}
