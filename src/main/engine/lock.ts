import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { GraftError } from '@shared/errors'
import { systemCodeOf } from '../platform/files'
import { isAlive, startOf } from './process-state'
import { engineSocket } from './workspace'

export interface Lock {
  release(): void
}

/**
 * Takes a workspace for this process. A lock whose process no longer lives is taken over; a
 * living one throws workspace.locked with its pid and the socket where its engine listens.
 */
export function takeLock(path: string, workspace: string): Lock {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (createLock(path)) return { release: () => releaseLock(path) }
    const owner = readLock(path)
    if (owner !== null && owner.pid !== process.pid && holds(owner)) {
      throw new GraftError(
        'workspace.locked',
        `${workspace} is in use by another Graftbench (process ${owner.pid}). Close it or choose another workspace.`,
        { workspace, pid: owner.pid, socket: engineSocket(workspace) },
      )
    }
    rmSync(path, { force: true })
  }
  throw new GraftError(
    'workspace.locked',
    `${workspace} cannot be locked: ${path} keeps returning.`,
  )
}

function createLock(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, `${process.pid} ${startOf(process.pid) ?? ''}\n`)
    closeSync(file)
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

interface Owner {
  readonly pid: number
  /** When the process started, where the system tells. */
  readonly start: string | null
}

/** Who has a lock; null when there is none or the file was cut. */
function readLock(path: string): Owner | null {
  try {
    const [pid, start] = readFileSync(path, 'utf8').trim().split(' ')
    const number = Number(pid)
    return Number.isInteger(number) && number > 0 ? { pid: number, start: start ?? null } : null
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Pids come again: a process that started at another time is not the one that took the lock. */
function holds({ pid, start }: Owner): boolean {
  if (!isAlive(pid)) return false
  const now = startOf(pid)
  return start === null || now === null || now === start
}

function releaseLock(path: string): void {
  if (readLock(path)?.pid === process.pid) rmSync(path, { force: true })
}
