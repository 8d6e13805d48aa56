// @ts-check
import { readFileSync } from 'node:fs'
import { link, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readIfThere, readJsonIfThere } from './files.mjs'

/** A takeover lasts milliseconds; one older than this was left by a process that was killed. */
const takeoverTimeout = 10_000

/**
 * When a process began, so that a number that was given out again is not mistaken for its
 * predecessor. Undefined where the platform does not say it cheaply.
 * @param {number} pid
 * @returns {string | undefined}
 */
function startOf(pid) {
  if (process.platform !== 'linux') return undefined
  const text = readIfThere(`/proc/${pid}/stat`)
  // The second field is the command in brackets and may hold blanks: count from its end.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Whether the process that wrote a lock is gone.
 * @param {string} file
 * @returns {boolean} false where there is no lock at all
 */
export function isStale(file) {
  const text = readIfThere(file)
  if (text === undefined) return false
  const holder = readJsonIfThere(file)
  if (typeof holder?.pid !== 'number') return true
  if (holder.host !== hostname()) return false
  if (!isAlive(holder.pid)) return true
  return typeof holder.start === 'string' && holder.start !== startOf(holder.pid)
}

/**
 * @param {string} file
 * @returns {Promise<boolean>} whether the lock is ours now
 */
async function tryLock(file) {
  const holder = { pid: process.pid, start: startOf(process.pid), host: hostname() }
  const own = `${file}.${process.pid}`
  await writeFile(own, JSON.stringify(holder))
  try {
    // A link appears with its content: a lock is never seen half written.
    await link(own, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(own, { force: true })
  }
}

/**
 * Removes a lock whose holder was killed. Only one process at a time may judge it: otherwise the
 * second would remove the lock that the first has just taken.
 * @param {string} file
 */
async function takeOver(file) {
  const guard = `${file}.takeover`
  try {
    await mkdir(guard)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const age = Date.now() - (await stat(guard).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs
    if (age > takeoverTimeout) await rm(guard, { recursive: true, force: true })
    return
  }
  try {
    if (isStale(file)) await rm(file, { force: true })
  } finally {
    await rm(guard, { recursive: true, force: true })
  }
}

/**
 * Runs one action while no other process runs one under the same lock file. Waits for a living
 * holder, takes over from a killed one, and lets go when the action ends or the process exits.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} action
 * @param {{ onWait?: (holder: number | undefined) => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, action, { onWait, pollMs = 250 } = {}) {
  await mkdir(dirname(file), { recursive: true })
  let told = false
  while (!(await tryLock(file))) {
    const holder = readJsonIfThere(file)
    if (isStale(file)) {
      await takeOver(file)
      continue
    }
    if (!told) onWait?.(typeof holder?.pid === 'number' ? holder.pid : undefined)
    told = true
    await sleep(pollMs)
  }
  try {
    return await action()
  } finally {
    if (isOurs(file)) await rm(file, { force: true })
  }
}

/** @param {string} file */
function isOurs(file) {
  return JSON.parse(readFileSync(file, 'utf8')).pid === process.pid
}
