import type { KnowledgePack, PackId } from '@shared/domain'
import { all, fromJson, type ReadableDatabase } from './database'

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
