import { z } from 'zod'
import { taskKinds } from '@shared/domain/dataset'
import type { DataRow } from '@shared/domain/dataset'

export const part = z.enum(['all', 'train', 'validation', 'test'])

const rolesSchema = z.object({
  text: z.string(),
  pair: z.string().nullable(),
  label: z.string().nullable(),
  cut: z.array(z.number()),
  cutNames: z.array(z.string()),
  labelSeparator: z.string().nullable(),
})

const formatSchema = z.object({
  kind: z.enum(['csv', 'tsv', 'jsonl']),
  delimiter: z.string().nullable(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
  header: z.boolean(),
})

/** `dataset.json` of a snapshot. */
export const snapshotSchema = z.object({
  version: z.literal(1),
  /** SHA-256 of what the rows and labels are: equal data give equal folders. */
  hash: z.string(),
  task: z.enum(taskKinds),
  /** Classes in the order of the model's outputs; empty for regression and without labels. */
  labels: z.array(z.string()),
  roles: rolesSchema,
  sideColumns: z.array(z.string()),
  rows: z.int(),
  badRows: z.int(),
  files: z.array(
    z.object({
      name: z.string(),
      part,
      sha256: z.string(),
      bytes: z.number(),
      format: formatSchema,
    }),
  ),
  /** SHA-256 of rows.jsonl. */
  rowsSha256: z.string(),
})

export type Snapshot = z.output<typeof snapshotSchema>

export const badRowSchema = z.object({
  file: z.string(),
  row: z.number(),
  line: z.number(),
  reason: z.string(),
  text: z.string(),
})

export const snapshotFiles = {
  description: 'dataset.json',
  rows: 'rows.jsonl',
  badRows: 'bad-rows.jsonl',
} as const

const isPart = (value: unknown): value is DataRow['part'] =>
  value === 'all' || value === 'train' || value === 'validation' || value === 'test'

const isLabel = (value: unknown): value is DataRow['label'] =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'number' ||
  (Array.isArray(value) && value.every((item) => typeof item === 'string'))

const isColumns = (value: unknown): value is DataRow['columns'] =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((item) => typeof item === 'string')

/** Whether a parsed line of rows.jsonl is a row: by hand, for there are millions of them. */
export function isDataRow(value: unknown): value is DataRow {
  if (typeof value !== 'object' || value === null) return false
  if (!('id' in value && 'part' in value && 'text' in value && 'pair' in value)) return false
  if (!('label' in value && 'columns' in value)) return false
  return (
    Number.isSafeInteger(value.id) &&
    isPart(value.part) &&
    typeof value.text === 'string' &&
    (value.pair === null || typeof value.pair === 'string') &&
    isLabel(value.label) &&
    isColumns(value.columns)
  )
}
