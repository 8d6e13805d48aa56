// @ts-check
import { homedir } from 'node:os'
import { dirname, join, posix, resolve, win32 } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout: the folder that holds package.json. */
export const projectFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Where npm puts the packages of the checkout. */
export const packagesFolder = join(projectFolder, 'node_modules')

/**
 * The folder for everything that is fetched or compiled once and shared between checkouts.
 * `GRAFTBENCH_CACHE` wins; otherwise the platform's usual place for caches.
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @param {NodeJS.Platform} [platform]
 * @param {string} [home]
 * @returns {string} an absolute path
 */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  const own = env.GRAFTBENCH_CACHE
  if (own !== undefined && own !== '') return resolve(own)
  if (platform === 'win32') {
    return win32.join(
      env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'),
      'graftbench',
      'cache',
    )
  }
  const xdg = env.XDG_CACHE_HOME
  if (xdg !== undefined && posix.isAbsolute(xdg)) return posix.join(xdg, 'graftbench')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Caches', 'graftbench')
  return posix.join(home, '.cache', 'graftbench')
}

/**
 * The places inside a cache folder.
 * @param {string} [root]
 */
export function cachePaths(root = cacheFolder()) {
  return {
    root,
    lock: join(root, 'setup.lock'),
    node: join(root, 'node'),
    tensorflow: join(root, 'tensorflow'),
    binding: join(root, 'binding'),
    downloads: join(root, 'downloads'),
    starter: join(root, 'starter'),
    testElectron: join(root, 'test-electron', '22.3.25'),
    electronFailure: join(root, 'electron-failure.json'),
    runtime: join(root, 'runtime.json'),
  }
}

/** @typedef {ReturnType<typeof cachePaths>} CachePaths */
