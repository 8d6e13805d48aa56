// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { bindingComplete, kernelsInPlace, tensorflowInPlace } from './binding.mjs'
import { buildComplete } from './build.mjs'
import { findElectron } from './electron.mjs'
import { readIfThere, readJsonIfThere } from './files.mjs'
import { cachedNode, isNewEnough } from './node.mjs'
import { packagesComplete } from './packages.mjs'
import { cachePaths, packagesFolder, projectFolder } from './paths.mjs'
import { formatBytes } from './progress.mjs'
import {
  chooseVariant,
  hasNvidiaDriver,
  runtimeOf,
  tensorflowComplete,
  wheelsRunHere,
} from './tensorflow.mjs'
import { tensorflowVersion } from './wheels.mjs'

/**
 * One line of the doctor's report. `missing` things are required, `absent` ones are optional.
 * @typedef {object} Finding
 * @property {string} name
 * @property {'ok' | 'missing' | 'absent'} state
 * @property {string} value what is there, with its version
 * @property {string} [next] the exact next step
 */

const setUp = 'Run `npm start`: it fetches and builds what is missing.'

/** Features of a processor that decide which kernels run, by the flags of Linux and macOS. */
const features = {
  AVX2: /\bavx2(?:_0)?\b/i,
  'AVX-512': /\bavx512f\b/i,
  BF16: /\bavx512_bf16\b|\bamx_bf16\b|FEAT_BF16: 1|\bbf16\b/i,
  AMX: /\bamx_tile\b/i,
}

/**
 * The features that a processor's flags name.
 * @param {string} flags
 * @returns {string[]}
 */
export function cpuFeatures(flags) {
  return Object.entries(features)
    .filter(([, pattern]) => pattern.test(flags))
    .map(([name]) => name)
}

/**
 * The first line that a tool writes, or undefined where it is not there.
 * @param {string} command
 * @param {readonly string[]} args
 */
function ask(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  })
  return status === 0 ? stdout.trim().split('\n')[0] : undefined
}

/**
 * @param {string} name
 * @param {string | undefined} value
 * @param {string} next
 * @param {'missing' | 'absent'} [otherwise]
 * @returns {Finding}
 */
function found(name, value, next, otherwise = 'missing') {
  return value === undefined
    ? { name, state: otherwise, value: 'not found', next }
    : { name, state: 'ok', value }
}

/** @returns {Finding[]} */
function tools() {
  const running = process.versions.node
  const cached = cachedNode(cachePaths().root)
  const newer = existsSync(cached)
    ? `${running}; ${ask(cached, ['--version'])} in the cache is used`
    : undefined
  const pip =
    ask('python3', ['-m', 'pip', '--version']) ?? ask('python', ['-m', 'pip', '--version'])
  const python = ask('python3', ['--version']) ?? ask('python', ['--version'])
  return [
    found(
      'Node',
      isNewEnough(running) ? running : newer,
      `Node ${running} is too old; a newer one is fetched. ${setUp}`,
    ),
    found('npm', ask('npm', ['--version', '--loglevel=error']), 'Install npm: it comes with Node.'),
    found(
      'Python',
      python?.replace('Python ', ''),
      'Install Python 3 (Debian, Ubuntu: apt install python3).',
    ),
    found(
      'pip',
      pip?.replace(/^pip (\S+).*/, '$1'),
      'Install pip (Debian, Ubuntu: apt install python3-pip).',
    ),
    found(
      'g++',
      ask('g++', ['-dumpfullversion']),
      'Install g++ (Debian, Ubuntu: apt install g++).',
    ),
  ]
}

/** @returns {Finding[]} */
function parts() {
  const variant = chooseVariant(undefined)
  const runtime = runtimeOf(variant)
  const packages = packagesComplete()
  const tensorflow = wheelsRunHere ? tensorflowComplete(variant) : existsSync(cachePaths().runtime)
  const binding = packages && (wheelsRunHere ? tensorflow && bindingComplete(runtime) : tensorflow)
  const kernels = kernelsInPlace()
  const version = readJsonIfThere(join(projectFolder, 'package.json'))?.version
  const electron = findElectron()
  const declared = readJsonIfThere(join(packagesFolder, 'electron', 'package.json'))?.version
  const build = wheelsRunHere
    ? `${tensorflowVersion} (${variant}) in ${dirname(runtime.tensorflowDir)}`
    : "2.9.1, the package's own archive"
  return [
    found('Packages', packages ? `as in package-lock.json` : undefined, setUp),
    found('TensorFlow', tensorflow ? build : undefined, setUp),
    found(
      'Binding',
      binding ? `Node-API 8, loads TensorFlow ${tensorflowInPlace() ?? '2.9.1'}` : undefined,
      setUp,
    ),
    found(
      'Own kernels',
      binding && kernels.length > 0 ? kernels.join(', ') : undefined,
      'The composed kernels are used instead.',
      'absent',
    ),
    found('Bundles', packages && buildComplete() ? `graftbench ${version}` : undefined, setUp),
    electron.found
      ? {
          name: 'Electron',
          state: 'ok',
          value: `${electron.source === 'package' ? declared : electron.source}, ${electron.executable}`,
        }
      : {
          name: 'Electron',
          state: 'absent',
          value: electron.reason,
          next: 'Optional: `npm start` opens the browser instead. GRAFTBENCH_ELECTRON can name an executable.',
        },
    found(
      'Chromium',
      ask('chromium', ['--version']) ?? ask('google-chrome', ['--version']),
      'Optional: only the browser tests need it (Debian, Ubuntu: apt install chromium).',
      'absent',
    ),
  ]
}

/** @returns {Promise<Finding[]>} */
async function machine() {
  const linux = readIfThere('/proc/cpuinfo')
  const flags =
    linux ??
    (process.platform === 'darwin'
      ? (spawnSync('sysctl', ['-a'], { encoding: 'utf8' }).stdout ?? '')
      : '')
  const model = cpus().at(0)?.model.trim() ?? process.arch
  const has = cpuFeatures(flags)
  const { root } = cachePaths()
  let folder = root
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, bsize } = await statfs(folder)
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader']
  return [
    {
      name: 'Processor',
      state: 'ok',
      value: `${model}, ${availableParallelism()} cores, ${has.join(', ') || 'no AVX2'}`,
    },
    { name: 'Memory', state: 'ok', value: formatBytes(totalmem()) },
    { name: 'Disk', state: 'ok', value: `${formatBytes(bavail * bsize)} free for ${root}` },
    found(
      'GPU',
      hasNvidiaDriver() ? (ask('nvidia-smi', query) ?? 'NVIDIA driver') : undefined,
      'Optional: training runs on the processor. With an NVIDIA driver the CUDA build is used.',
      'absent',
    ),
  ]
}

/**
 * @param {readonly Finding[]} findings
 * @returns {string}
 */
function reportOf(findings) {
  const width = Math.max(...findings.map(({ name }) => name.length))
  const marks = { ok: '✓', missing: '✗', absent: '–' }
  return findings
    .map(({ name, state, value, next }) => {
      const line = `${marks[state]} ${name.padEnd(width)}  ${value}`
      return next === undefined ? line : `${line}\n  ${' '.repeat(width)}  ${next}`
    })
    .join('\n')
}

/**
 * Says what is there, what is missing and what to do; changes nothing.
 * @param {{ json: boolean }} options json: one object on one line
 * @returns {Promise<boolean>} whether everything that is required is there
 */
export async function doctor({ json }) {
  const findings = [...tools(), ...parts(), ...(await machine())]
  const missing = findings.filter(({ state }) => state === 'missing')
  const ok = missing.length === 0
  if (json) {
    process.stdout.write(`${JSON.stringify({ ok, findings })}\n`)
    return ok
  }
  const verdict = ok
    ? 'Everything that is required is there.'
    : `Missing: ${missing.map(({ name }) => name).join(', ')}.`
  process.stdout.write(`${reportOf(findings)}\n\n${verdict}\n`)
  return ok
}
