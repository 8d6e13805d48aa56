import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KnowledgePack, PackId } from '@shared/domain'
import type { Store, StoreFiles } from '../../../src/main/store'
import { deletePack, findPack, insertPack, listPacks, openStore } from '../../../src/main/store'
import { migrations } from '../../../src/main/store/migrations'

const pack = (version: number, change: Partial<KnowledgePack> = {}): KnowledgePack => ({
  id: `pack_${version}` as PackId,
  name: 'valence',
  version,
  language: 'en',
  labels: ['negative', 'positive'],
  hash: `hash-${version}`,
  licence: 'MIT',
  counts: {
    lexicons: 1,
    terms: 2,
    rules: 0,
    triples: 0,
    vocabulary: 0,
    rationales: 0,
    corpusLines: 0,
  },
  bytes: 100,
  createdAt: version,
  ...change,
})

let folder: string
let files: StoreFiles
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graftbench-packs-'))
  files = { file: join(folder, 'graftbench.db'), backups: join(folder, 'backups') }
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the packs of a workspace', () => {
  it('are found by id, hash, name@version, or name for the newest', () => {
    store = openStore(files)
    for (const version of [2, 10, 1]) insertPack(store.db, pack(version))
    expect(listPacks(store.db).map(({ version }) => version)).toEqual([10, 2, 1])
    const versionOf = (reference: string): number | undefined =>
      findPack(store.db, reference)?.version
    expect(versionOf('valence')).toBe(10)
    expect(versionOf('Valence')).toBe(10)
    expect(versionOf('valence@2')).toBe(2)
    expect(versionOf('hash-1')).toBe(1)
    expect(versionOf('pack_2')).toBe(2)
    expect(versionOf('valence@3')).toBeUndefined()
    expect(findPack(store.db, 'valence@1')).toEqual(pack(1))
    expect(deletePack(store.db, 'pack_10' as PackId)).toBe(1)
    expect(versionOf('valence')).toBe(2)
  })

  it('are one for each content, and one for each name and version', () => {
    store = openStore(files)
    insertPack(store.db, pack(1))
    expect(() => insertPack(store.db, pack(2, { hash: 'hash-1' }))).toThrow(/UNIQUE/)
    expect(() => insertPack(store.db, pack(1, { id: 'x' as PackId, hash: 'x' }))).toThrow(/UNIQUE/)
  })
})

/** A workspace of schema 1, with a finished run and a pack in it. */
function fillSchemaOne(): void {
  const old = openStore(files, migrations.slice(0, 1))
  old.db.exec(`
    INSERT INTO projects VALUES ('p', 'Project', '', NULL, 1);
    INSERT INTO models VALUES ('m', 'tiny', 'bert', '{"kind":"starter"}', NULL, 10, 2, 1, 5, 8, '[]', 'mh', 40, 1);
    INSERT INTO datasets VALUES ('d', 'reviews', 'single-label', '["a","b"]', '{}', '[]', 2, 'dh', '[]', '{}', 1, 'test', NULL, 1);
    INSERT INTO packs VALUES ('pack_1', 'valence', 1, 'en', '["negative","positive"]', 'hash-1', 7);
    INSERT INTO recipes VALUES ('r', '{"name":"old"}', 1);
    UPDATE counters SET value = 1 WHERE name = 'run';
    INSERT INTO runs (id, number, project, name, recipe, model, model_name, model_hash, dataset,
      dataset_name, dataset_hash, labels, state, metrics, created_at)
    VALUES ('run_1', 1, 'p', 'Old run', 'r', 'm', 'tiny', 'mh', 'd', 'reviews', 'dh', '["a","b"]',
      'finished', '{"test.accuracy":0.9}', 1);
    INSERT INTO series (run, name, points, last_step) VALUES ('run_1', 'train.loss', 1, 1);
  `)
  old.close()
}

describe('the migration to schema 2', () => {
  it('keeps runs and packs, and gives them what they did not have', () => {
    fillSchemaOne()
    store = openStore(files)
    expect(store.db.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(findPack(store.db, 'valence@1')).toMatchObject({
      hash: 'hash-1',
      labels: ['negative', 'positive'],
      licence: null,
      bytes: 0,
      createdAt: 7,
    })
    const row = (sql: string): unknown => store.db.prepare(sql).get()
    expect(row('SELECT name, metrics, pack, pack_name, pack_hash, ablation FROM runs')).toEqual({
      name: 'Old run',
      metrics: '{"test.accuracy":0.9}',
      pack: null,
      pack_name: null,
      pack_hash: null,
      ablation: null,
    })
    expect(row('SELECT COUNT(*) AS n FROM series')).toEqual({ n: 1 })
    expect(row("SELECT value FROM counters WHERE name = 'run'")).toEqual({ value: 1 })
    expect(row("SELECT value FROM counters WHERE name = 'ablation'")).toEqual({ value: 0 })
    expect(store.db.pragma('foreign_key_check')).toEqual([])
  })

  it('keeps a pack from going while a run or an ablation names it', () => {
    fillSchemaOne()
    store = openStore(files)
    store.db.exec(`
      INSERT INTO ablations (id, number, name, project, dataset, dataset_name, pack, pack_name,
        pack_hash, recipe, labels, arms, seeds, leave_one_out, metric, created_at)
      VALUES ('a', 1, 'Proof', 'p', 'd', 'reviews', 'pack_1', 'valence', 'hash-1', 'r', '[null]',
        '["none"]', 1, 0, 'test.accuracy', 1);
      INSERT INTO ablation_cells VALUES ('a', 'run_1', 'none', NULL, 0);
    `)
    expect(() => deletePack(store.db, 'pack_1' as PackId)).toThrow(/FOREIGN KEY/)
    store.db.exec("DELETE FROM ablations; UPDATE runs SET pack = 'pack_1'")
    expect(store.db.prepare('SELECT COUNT(*) FROM ablation_cells').pluck().get()).toBe(0)
    expect(() => deletePack(store.db, 'pack_1' as PackId)).toThrow(/FOREIGN KEY/)
    store.db.exec('UPDATE runs SET pack = NULL')
    expect(deletePack(store.db, 'pack_1' as PackId)).toBe(1)
  })
})
