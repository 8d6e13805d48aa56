import Database from 'better-sqlite3'
import { GraftError } from '@shared/errors'

declare const readable: unique symbol
declare const writable: unique symbol

/** A connection that queries may only read through. */
export type ReadableDatabase = Database.Database & { readonly [readable]: true }
/** The engine's one connection that may write. */
export type WritableDatabase = ReadableDatabase & { readonly [writable]: true }

/** What SQLite stores in a column of a STRICT table. */
export type Value = string | number | null | Uint8Array

const oldestSqlite = [3, 51, 3] as const

/** Opens the file for reading and writing: WAL, every commit on disk before it returns. */
export function openWritable(file: string): WritableDatabase {
  const database = new Database(file, { timeout: 10_000 })
  try {
    requireVersion(sqliteVersion(database))
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('temp_store = MEMORY')
    database.pragma('cache_size = -65536')
    return database as WritableDatabase
  } catch (error) {
    database.close()
    throw error
  }
}

export const sqliteVersion = (database: Database.Database): string =>
  String(database.prepare('SELECT sqlite_version()').pluck().get())

/** An older WAL implementation can lose commits when two connections write. */
function requireVersion(version: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, least] of oldestSqlite.entries()) {
    const part = parts[index] ?? 0
    if (part > least) return
    if (part < least) {
      throw new GraftError(
        'setup.missing',
        `SQLite ${version} is too old, ${oldestSqlite.join('.')} is needed. Run "npm ci" again.`,
        { version },
      )
    }
  }
}

const prepared = new WeakMap<ReadableDatabase, Map<string, Database.Statement<unknown[]>>>()

/** The statement of `sql`, prepared once a connection. */
function statement(db: ReadableDatabase, sql: string): Database.Statement<unknown[]> {
  let statements = prepared.get(db)
  if (statements === undefined) {
    statements = new Map()
    prepared.set(db, statements)
  }
  let found = statements.get(sql)
  if (found === undefined) {
    found = db.prepare<unknown[]>(sql)
    statements.set(sql, found)
  }
  return found
}

export type Parameters = Readonly<Record<string, Value>>

/** All rows of a query; `Row` is what the query file of the table says its columns are. */
export const all = <Row>(db: ReadableDatabase, sql: string, parameters: Parameters = {}): Row[] =>
  statement(db, sql).all(parameters) as Row[]

/** The first row of a query, undefined when there is none. */
export const first = <Row>(
  db: ReadableDatabase,
  sql: string,
  parameters: Parameters = {},
): Row | undefined => statement(db, sql).get(parameters) as Row | undefined

/** Runs a statement that writes; returns how many rows it changed. */
export const write = (db: WritableDatabase, sql: string, parameters: Parameters = {}): number =>
  statement(db, sql).run(parameters).changes

/** Everything in `work` or nothing; inside another transaction it is a savepoint of that one. */
export const transaction = <T>(db: WritableDatabase, work: () => T): T =>
  db.transaction(work).immediate()

export const toJson = (value: unknown): string => JSON.stringify(value)

/** What toJson wrote, under the type with which the same query file wrote it. */
export const fromJson = <T>(text: string): T => JSON.parse(text) as T

export const fromJsonOrNull = <T>(text: string | null): T | null =>
  text === null ? null : fromJson<T>(text)
