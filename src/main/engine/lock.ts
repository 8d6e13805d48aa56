import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { GraftError } from '@shared/errors'
import { systemCodeOf } from '../platform/files'
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
    const owner = lockOwner(path)
    if (owner !== null && owner !== process.pid && isAlive(owner)) {
      throw new GraftError(
        'workspace.locked',
        `${workspace} is in use by another Graftbench (process ${owner}). Close it or choose another workspace.`,
        { workspace, pid: owner, socket: engineSocket(workspace) },
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
    writeSync(file, `${process.pid}\n`)
    closeSync(file)
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** The pid in a lock file; null when there is none or the file was cut. */
export function lockOwner(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null
    throw error
  }
}

function releaseLock(path: string): void {
  if (lockOwner(path) === process.pid) rmSync(path, { force: true })
}

/** Whether a process with this pid lives (also when it belongs to someone else). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}
