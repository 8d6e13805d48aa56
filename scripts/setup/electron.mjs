// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './errors.mjs'
import { readIfThere, readJsonIfThere, writeAtomic } from './files.mjs'
import { cachePaths, packagesFolder } from './paths.mjs'
import { run } from './run.mjs'

const package_ = join(packagesFolder, 'electron')
/** After a download that failed, the next attempt waits this long, in milliseconds. */
const retryAfter = 24 * 60 * 60 * 1000
const downloadTimeout = 5 * 60 * 1000

/**
 * An Electron that can be started, or why there is none.
 * @typedef {{ found: true, executable: string, source: 'environment' | 'package' | 'test' }
 *   | { found: false, reason: string }} ElectronFinding
 */

/** @returns {string | undefined} the executable that electron's own installer put in place */
function packageExecutable() {
  const name = readIfThere(join(package_, 'path.txt'))
  if (name === undefined) return undefined
  const executable = join(package_, 'dist', name)
  return existsSync(executable) ? executable : undefined
}

/**
 * Looks for Electron without fetching anything: GRAFTBENCH_ELECTRON, the package's own, the one
 * that `scripts/test-electron.sh` puts into the cache.
 * @param {string} [root] the cache folder
 * @param {string | undefined} [named]
 * @returns {ElectronFinding}
 */
export function findElectron(root = cachePaths().root, named = process.env.GRAFTBENCH_ELECTRON) {
  if (named !== undefined && named !== '') {
    return existsSync(named)
      ? { found: true, executable: named, source: 'environment' }
      : { found: false, reason: `GRAFTBENCH_ELECTRON names ${named}, which is not there` }
  }
  const own = packageExecutable()
  if (own !== undefined) return { found: true, executable: own, source: 'package' }
  const test = join(cachePaths(root).testElectron, 'electron')
  if (existsSync(test)) return { found: true, executable: test, source: 'test' }
  const failure = readJsonIfThere(cachePaths(root).electronFailure)
  const reason =
    typeof failure?.reason === 'string'
      ? `Electron could not be downloaded: ${failure.reason}`
      : 'Electron has not been downloaded yet'
  return { found: false, reason }
}

/** @param {string} root */
function failedLately(root) {
  const failure = readJsonIfThere(cachePaths(root).electronFailure)
  const version = readJsonIfThere(join(package_, 'package.json'))?.version
  return (
    typeof failure?.at === 'number' &&
    Date.now() - failure.at < retryAfter &&
    failure.version === version
  )
}

/**
 * Finds Electron, fetching it by its own installer (which checks SHA-256) where none is there.
 * A failure is remembered for a day: a machine without the download starts quickly all the same.
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} [root] the cache folder
 * @returns {Promise<ElectronFinding>}
 */
export async function ensureElectron(progress, root = cachePaths().root) {
  const there = findElectron(root)
  if (there.found || process.env.GRAFTBENCH_ELECTRON || failedLately(root)) return there
  progress.start('Electron')
  try {
    await run(process.execPath, [join(package_, 'install.js')], { timeoutMs: downloadTimeout })
    progress.done()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    const reason = reasonOf(error)
    const version = readJsonIfThere(join(package_, 'package.json'))?.version
    const failure = { at: Date.now(), version, reason }
    await writeAtomic(cachePaths(root).electronFailure, JSON.stringify(failure))
    progress.done('not available')
  }
  return findElectron(root)
}

/** @param {SetupError} error */
function reasonOf(error) {
  const line = error.detail.split('\n').find((text) => /error/i.test(text))
  return (line ?? error.message).trim().slice(0, 200)
}
