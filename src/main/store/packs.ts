import type { KnowledgePack, PackCounts, PackId } from '@shared/domain'
import {
  all,
  first,
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
  readonly licence: string | null
  readonly counts: string
  readonly bytes: number
  readonly created_at: number
}

const toPack = (row: PackRow): KnowledgePack => ({
  id: row.id,
  name: row.name,
  version: row.version,
  language: row.language,
  labels: fromJson<readonly string[]>(row.labels),
  hash: row.hash,
  licence: row.licence,
  counts: fromJson<PackCounts>(row.counts),
  bytes: row.bytes,
  createdAt: row.created_at,
})

export const listPacks = (db: ReadableDatabase): readonly KnowledgePack[] =>
  all<PackRow>(db, 'SELECT * FROM packs ORDER BY name, version DESC').map(toPack)

/** By id, content hash, name@version, or name: then the newest version. */
export function findPack(db: ReadableDatabase, reference: string): KnowledgePack | null {
  const row = first<PackRow>(
    db,
    `SELECT * FROM packs
     WHERE id = $reference OR hash = $reference OR name = $reference
       OR name || '@' || version = $reference COLLATE NOCASE
     ORDER BY id = $reference DESC, hash = $reference DESC, version DESC LIMIT 1`,
    { reference },
  )
  return row === undefined ? null : toPack(row)
}

export function insertPack(db: WritableDatabase, pack: KnowledgePack): void {
  write(
    db,
    `INSERT INTO packs (id, name, version, language, labels, hash, licence, counts, bytes, created_at)
     VALUES ($id, $name, $version, $language, $labels, $hash, $licence, $counts, $bytes, $createdAt)`,
    { ...pack, labels: toJson(pack.labels), counts: toJson(pack.counts) },
  )
}

export const deletePack = (db: WritableDatabase, id: PackId): number =>
  write(db, 'DELETE FROM packs WHERE id = $id', { id })
