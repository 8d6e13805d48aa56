import type { Model, ModelFamily, ModelId, ModelSource } from '@shared/domain'
import {
  all,
  first,
  fromJson,
  toJson,
  write,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'

interface ModelRow {
  readonly id: ModelId
  readonly name: string
  readonly family: ModelFamily
  readonly source: string
  readonly licence: string | null
  readonly parameters: number
  readonly hidden_size: number
  readonly layers: number
  readonly vocabulary: number
  readonly max_length: number
  readonly labels: string
  readonly hash: string
  readonly bytes: number
  readonly created_at: number
}

const toModel = (row: ModelRow): Model => ({
  id: row.id,
  name: row.name,
  family: row.family,
  source: fromJson<ModelSource>(row.source),
  licence: row.licence,
  parameters: row.parameters,
  hiddenSize: row.hidden_size,
  layers: row.layers,
  vocabulary: row.vocabulary,
  maxLength: row.max_length,
  labels: fromJson<readonly string[]>(row.labels),
  hash: row.hash,
  bytes: row.bytes,
  createdAt: row.created_at,
})

export const listModels = (db: ReadableDatabase): readonly Model[] =>
  all<ModelRow>(db, 'SELECT * FROM models ORDER BY created_at, id').map(toModel)

/** By id, content hash or name. */
export function findModel(db: ReadableDatabase, reference: string): Model | null {
  const row = first<ModelRow>(
    db,
    `SELECT * FROM models WHERE id = $reference OR hash = $reference OR name = $reference
     ORDER BY id = $reference DESC, hash = $reference DESC LIMIT 1`,
    { reference },
  )
  return row === undefined ? null : toModel(row)
}

export function insertModel(db: WritableDatabase, model: Model): void {
  write(
    db,
    `INSERT INTO models (id, name, family, source, licence, parameters, hidden_size, layers,
       vocabulary, max_length, labels, hash, bytes, created_at)
     VALUES ($id, $name, $family, $source, $licence, $parameters, $hiddenSize, $layers,
       $vocabulary, $maxLength, $labels, $hash, $bytes, $createdAt)`,
    { ...model, source: toJson(model.source), labels: toJson(model.labels) },
  )
}

export const deleteModel = (db: WritableDatabase, id: ModelId): number =>
  write(db, 'DELETE FROM models WHERE id = $id', { id })
