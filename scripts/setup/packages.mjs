// @ts-check
import { join } from 'node:path'
import { stampOf } from './checksum.mjs'
import { readIfThere, readJsonIfThere, writeAtomic } from './files.mjs'
import { packagesFolder, projectFolder } from './paths.mjs'
import { run } from './run.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {Readonly<Record<string, LockedPackage>>} LockedPackages
 */

/**
 * Whether what npm installed is what the lock file names. Optional packages of other platforms
 * may be missing.
 * @param {LockedPackages} wanted `packages` of package-lock.json
 * @param {LockedPackages} installed `packages` of node_modules/.package-lock.json
 * @returns {boolean}
 */
export function isSameTree(wanted, installed) {
  const names = Object.keys(wanted).filter((name) => name !== '')
  const matches = names.every((name) => {
    const there = installed[name]
    if (there === undefined) return wanted[name]?.optional === true
    return there.version === wanted[name]?.version && there.integrity === wanted[name]?.integrity
  })
  return matches && Object.keys(installed).every((name) => name in wanted)
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function packagesOf(file) {
  const packages = readJsonIfThere(file)?.packages
  return typeof packages === 'object' && packages !== null
    ? /** @type {LockedPackages} */ (packages)
    : undefined
}

/** @param {string} folder the checkout */
export function packagesStamp(folder) {
  return stampOf({ lock: readIfThere(join(folder, 'package-lock.json')) ?? '' })
}

/**
 * Whether node_modules holds what package-lock.json asks for. The stamp lies inside node_modules,
 * so it goes when npm begins to rebuild that folder; without it npm's own record decides, which
 * npm writes last.
 * @param {string} [folder] the checkout
 * @returns {boolean}
 */
export function packagesComplete(folder = projectFolder) {
  const modules = join(folder, 'node_modules')
  if (readIfThere(join(modules, '.graftbench-stamp')) === packagesStamp(folder)) return true
  const wanted = packagesOf(join(folder, 'package-lock.json'))
  const installed = packagesOf(join(modules, '.package-lock.json'))
  return wanted !== undefined && installed !== undefined && isSameTree(wanted, installed)
}

/**
 * Installs the packages of the lock file where they differ, without running their scripts.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensurePackages(progress) {
  if (!packagesComplete()) {
    progress.start('Packages')
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: projectFolder,
      what: 'Installing packages (npm ci)',
      remedy: 'Check the network and run the command again; what is complete is kept.',
    })
    progress.done()
  }
  const stamp = packagesStamp(projectFolder)
  const file = join(packagesFolder, '.graftbench-stamp')
  if (readIfThere(file) !== stamp) await writeAtomic(file, stamp)
}
