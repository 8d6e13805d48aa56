import type { KnowledgePack, PackId } from '@shared/domain'
import {
  all,
  fromJson,
  toJson,
  write,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'

interface PackRow {
  readonly id: PackId
  readonly name: string
  readonly version: number
  readonly language: string
  readonly labels: string
  readonly hash: string
  readonly created_at: number
}

export const listPacks = (db: ReadableDatabase): readonly KnowledgePack[] =>
  all<PackRow>(db, 'SELECT * FROM packs ORDER BY name, version').map((row) => ({
    id: row.id,
    name: row.name,
    version: row.version,
    language: row.language,
    labels: fromJson<readonly string[]>(row.labels),
    hash: row.hash,
    createdAt: row.created_at,
  }))

export function insertPack(db: WritableDatabase, pack: KnowledgePack): void {
  write(
    db,
    `INSERT INTO packs (id, name, version, language, labels, hash, created_at)
     VALUES ($id, $name, $version, $language, $labels, $hash, $createdAt)`,
    { ...pack, labels: toJson(pack.labels) },
  )
}
