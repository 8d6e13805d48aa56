import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunId } from '@shared/domain'
import type { StoreFiles } from '../../../src/main/store'
import { getRun, listRuns, openStore } from '../../../src/main/store'
import { migrations } from '../../../src/main/store/migrations'
import { addRun } from './support'

describe('the database of a workspace', () => {
  let folder: string
  let files: StoreFiles
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'graftbench-store-'))
    files = { file: join(folder, 'graftbench.db'), backups: join(folder, 'backups') }
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('commits to disk before a write returns, and checks references', () => {
    const store = openStore(files)
    expect(store.db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(store.db.pragma('synchronous', { simple: true })).toBe(2)
    expect(store.db.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(store.db.pragma('user_version', { simple: true })).toBe(migrations.length)
    store.close()
  })

  it('gives a run back as it was written', () => {
    const store = openStore(files)
    const id = addRun(store.db)
    expect(getRun(store.db, id)).toMatchObject({
      number: 1,
      tags: ['one', 'two'],
      state: { kind: 'queued', position: 1 },
      recipe: { model: 'tiny', epochs: 2 },
    })
    store.close()
  })

  it('brings an older workspace forward with its data and keeps a backup of before', () => {
    const store = openStore(files)
    const id = addRun(store.db)
    store.close()
    const newer = [...migrations, 'ALTER TABLE runs ADD COLUMN mood TEXT']
    const migrated = openStore(files, newer)
    expect(getRun(migrated.db, id)?.name).toBe('A run')
    expect(migrated.db.pragma('user_version', { simple: true })).toBe(newer.length)
    migrated.close()
    expect(readdirSync(files.backups).filter((name) => name.includes('migration'))).toHaveLength(1)
  })

  it('undoes a migration that fails in the middle', () => {
    const store = openStore(files)
    const id = addRun(store.db)
    store.close()
    const broken = [...migrations, 'DELETE FROM runs; CREATE TABLE nonsense (']
    expect(() => openStore(files, broken)).toThrow()
    const again = openStore(files)
    expect(getRun(again.db, id)?.name).toBe('A run')
    again.close()
  })

  it('refuses a workspace of a newer version and leaves it untouched', () => {
    openStore(files, [...migrations, 'CREATE TABLE future (id TEXT)']).close()
    const before = readFileSync(files.file)
    expect(() => openStore(files)).toThrowError(
      expect.objectContaining({ code: 'workspace.newer' }) as Error,
    )
    expect(readFileSync(files.file).equals(before)).toBe(true)
  })

  it('restores its own backup when the file is damaged, and keeps the damaged one', () => {
    const store = openStore(files)
    const id = addRun(store.db)
    store.close()
    openStore(files).close()
    const bytes = readFileSync(files.file)
    bytes.fill(0xff, 4096, 4096 * 6)
    writeFileSync(files.file, bytes)
    const restored = openStore(files)
    expect(restored.notice).toMatch(/backup graftbench-\d+-start\.db was put in its place/)
    expect(getRun(restored.db, id)?.name).toBe('A run')
    restored.close()
    expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true)
  })

  it('names the damaged file when there is no backup', () => {
    writeFileSync(files.file, 'This is a letter, not a database. '.repeat(200))
    expect(() => openStore(files)).toThrowError(
      expect.objectContaining({ code: 'workspace.damaged', details: { ...files } }) as Error,
    )
    expect(readFileSync(files.file, 'utf8')).toContain('This is a letter')
  })

  it('keeps five backups of clean starts', () => {
    for (let start = 0; start < 8; start += 1) openStore(files).close()
    expect(readdirSync(files.backups).filter((name) => name.endsWith('-start.db'))).toHaveLength(5)
  })

  it('never gives the number of a deleted run again', () => {
    const store = openStore(files)
    const first = addRun(store.db)
    store.db.prepare('DELETE FROM runs WHERE id = ?').run(first)
    addRun(store.db, 'run_second')
    expect(getRun(store.db, 'run_second' as RunId)?.number).toBe(2)
    store.close()
  })

  it('lists ten thousand runs within a second', () => {
    const store = openStore(files)
    store.db.transaction(() => {
      for (let run = 0; run < 10_000; run += 1) addRun(store.db, `run_${run}`)
    })()
    const started = performance.now()
    expect(listRuns(store.db, false)).toHaveLength(10_000)
    expect(performance.now() - started).toBeLessThan(1000)
    store.close()
  })

  it('leaves no file open behind', () => {
    openStore(files).close()
    expect(existsSync(`${files.file}-wal`)).toBe(false)
    new Database(files.file, { readonly: true }).close()
  })
})
