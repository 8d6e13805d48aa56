import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GraftError } from '@shared/errors'
import { openWritable, type WritableDatabase } from './database'
import { migrations } from './migrations'

export interface Store {
  readonly db: WritableDatabase
  readonly sqlite: string
  /** What happened while opening that a person should know, e.g. a restored backup. */
  readonly notice: string | null
  close(): void
}

export interface StoreFiles {
  readonly file: string
  readonly backups: string
}

const backupsKept = 5
const backupName = /^graftbench-\d+-(start|migration)\.db$/

/**
 * Opens the workspace's database, migrates it, and keeps a backup of each clean start.
 * Throws workspace.newer (the file stays untouched) and workspace.damaged (when no backup is
 * intact either; otherwise the newest intact one takes its place and the damaged file is kept
 * beside it).
 */
export function openStore(files: StoreFiles, steps: readonly string[] = migrations): Store {
  mkdirSync(files.backups, { recursive: true })
  const fresh = !existsSync(files.file)
  let notice: string | null = null
  let db: WritableDatabase
  try {
    db = openIntact(files.file)
  } catch (error) {
    if (fresh || !isDamage(error)) throw error
    notice = restoreBackup(files, error)
    db = openIntact(files.file)
  }
  try {
    migrate(db, files, steps, fresh)
    if (!fresh) backup(db, files, 'start')
    const sqlite = String(db.prepare('SELECT sqlite_version()').pluck().get())
    return { db, sqlite, notice, close: () => closeStore(db) }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens and looks through every page, so that damage shows before anything is written. */
function openIntact(file: string): WritableDatabase {
  const db = openWritable(file)
  try {
    const found = db.pragma('quick_check(1)', { simple: true })
    if (found !== 'ok') throw new DamageError(String(found))
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

class DamageError extends Error {}

const damageCodes: readonly string[] = ['SQLITE_CORRUPT', 'SQLITE_NOTADB']

function isDamage(error: unknown): error is Error {
  if (error instanceof DamageError) return true
  if (!(error instanceof Error) || !('code' in error)) return false
  const code = String(error.code)
  return damageCodes.some((damage) => code.startsWith(damage))
}

function migrate(
  db: WritableDatabase,
  files: StoreFiles,
  steps: readonly string[],
  fresh: boolean,
): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > steps.length) {
    throw new GraftError(
      'workspace.newer',
      `${files.file} was written by a newer Graftbench (schema ${version}, this one knows ${steps.length}). Update Graftbench; the workspace was left as it is.`,
      { file: files.file, schema: version, known: steps.length },
    )
  }
  if (version < steps.length && !fresh && version > 0) backup(db, files, 'migration')
  for (const [index, sql] of steps.entries()) {
    if (index < version) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${index + 1}`)
    }).immediate()
  }
}

/** A consistent copy of the database; the newest five of each reason are kept. */
function backup(db: WritableDatabase, files: StoreFiles, reason: 'start' | 'migration'): void {
  const target = join(files.backups, `graftbench-${Date.now()}-${reason}.db`)
  const partial = `${target}.partial`
  rmSync(partial, { force: true })
  db.prepare('VACUUM INTO ?').run(partial)
  renameSync(partial, target)
  const old = listBackups(files.backups).filter((name) => name.endsWith(`-${reason}.db`))
  for (const name of old.slice(backupsKept)) rmSync(join(files.backups, name), { force: true })
}

/** Names of backups, newest first. */
const listBackups = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => backupName.test(name))
    .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]))

function restoreBackup(files: StoreFiles, damage: Error): string {
  for (const name of listBackups(files.backups)) {
    const source = join(files.backups, name)
    if (!isIntact(source)) continue
    const aside = `${files.file}.damaged-${Date.now()}`
    renameSync(files.file, aside)
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(files.file + suffix)) renameSync(files.file + suffix, aside + suffix)
    }
    copyFileSync(source, files.file)
    return `The database was damaged (${damage.message}). The backup ${name} was put in its place; the damaged file is kept as ${basename(aside)}.`
  }
  throw new GraftError(
    'workspace.damaged',
    `${files.file} is damaged (${damage.message}) and there is no intact backup in ${files.backups}. Move the file away to start anew; models, datasets and run folders are not affected.`,
    { file: files.file, backups: files.backups },
    { cause: damage },
  )
}

function isIntact(file: string): boolean {
  try {
    openIntact(file).close()
    return true
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  }
}

function closeStore(db: WritableDatabase): void {
  if (!db.open) return
  db.pragma('optimize')
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}
