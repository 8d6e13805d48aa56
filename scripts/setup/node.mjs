// @ts-check
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { SetupError } from './errors.mjs'
import { replaceFolder } from './files.mjs'
import { withLock } from './lock.mjs'
import { cachePaths } from './paths.mjs'
import { Progress } from './progress.mjs'
import { run, runInPlace } from './run.mjs'

export const nodeVersion = '24.21.0'

/** npm's packages that hold one Node executable each, by platform, with what npm must find. */
const distributions = {
  'linux-x64':
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'linux-arm64':
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'win-x64':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
}

/**
 * Whether a Node version has Node-API 10, which better-sqlite3 needs: 22.14 and later.
 * @param {string} version such as `20.20.2`
 * @returns {boolean}
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 14)
}

/**
 * The Node executable in the cache, whether it is there or not.
 * @param {string} root the cache folder
 * @param {string} platform such as `linux-x64`
 */
export function cachedNode(root, platform = platformName()) {
  const folder = join(cachePaths(root).node, nodeVersion)
  const executable = platform.startsWith('win') ? 'bin/node.exe' : 'bin/node'
  return join(folder, 'node_modules', `node-${platform}`, executable)
}

/** The platform as npm's Node packages name it. */
function platformName() {
  return `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
}

/**
 * A Node that is new enough: the running one, or the cache's, fetched on first use.
 * @param {Progress} [progress]
 * @param {string} [root] the cache folder
 * @returns {Promise<string>} path of the executable
 */
export async function ensureNode(progress = new Progress(), root = cachePaths().root) {
  if (isNewEnough(process.versions.node)) return process.execPath
  const executable = cachedNode(root)
  if (existsSync(executable)) return executable
  return withLock(cachePaths(root).lock, async () => {
    if (!existsSync(executable)) await fetchNode(root, progress)
    return executable
  })
}

/**
 * Installs Node's npm package into the cache. npm checks its content against the integrity
 * pinned above and refuses anything else.
 * @param {string} root
 * @param {Progress} progress
 */
async function fetchNode(root, progress) {
  const platform = platformName()
  const integrity = Object.entries(distributions).find(([name]) => name === platform)?.[1]
  if (integrity === undefined) {
    throw new SetupError(
      'setup.platform',
      `Node ${process.versions.node} is too old and none is packaged for ${platform}.`,
      { remedy: 'Install Node 24 from https://nodejs.org and run the command again.' },
    )
  }
  const name = `node-${platform}`
  const place = join(cachePaths(root).node, nodeVersion)
  const partial = `${place}.partial`
  progress.start(`Node ${nodeVersion}`)
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const dependencies = { [name]: nodeVersion }
  await writeFile(join(partial, 'package.json'), JSON.stringify({ private: true, dependencies }))
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { dependencies },
      [`node_modules/${name}`]: { version: nodeVersion, integrity },
    },
  }
  await writeFile(join(partial, 'package-lock.json'), JSON.stringify(lock))
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: partial,
    what: `Fetching Node ${nodeVersion} by npm`,
    remedy: 'Check the network and run the command again, or install Node 24 yourself.',
  })
  await replaceFolder(partial, place)
  progress.done()
}

/**
 * An environment in which `node` is the given executable, for tools that start it by name.
 * @param {string} executable
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentFor(executable, env = process.env) {
  const paths = (env.PATH ?? '').split(delimiter)
  const folder = dirname(executable)
  return paths[0] === folder ? env : { ...env, PATH: [folder, ...paths].join(delimiter) }
}

/**
 * Runs the rest of a script under a Node that is new enough. Where the running one is too old,
 * the same command is executed under the cache's Node and this process ends with its exit code.
 * @param {() => Promise<void>} main
 */
export async function underRightNode(main) {
  const executable = await ensureNode()
  process.env.PATH = environmentFor(executable).PATH
  if (executable === process.execPath) return main()
  process.exitCode = await runInPlace(executable, process.argv.slice(1))
}
