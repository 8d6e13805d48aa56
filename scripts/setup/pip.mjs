// @ts-check
import { readdirSync, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { verifySha256 } from './checksum.mjs'
import { SetupError } from './errors.mjs'
import { listFiles } from './files.mjs'
import { RateMeter, transferLine } from './progress.mjs'
import { run } from './run.mjs'

/** How often a growing download is looked at, in milliseconds. */
const watchInterval = 500

/**
 * The Python that has pip.
 * @returns {Promise<{ command: string, python: string, pip: string }>} command and versions
 * @throws {SetupError} setup.toolMissing
 */
export async function findPip() {
  for (const command of ['python3', 'python']) {
    try {
      const output = await run(command, ['-m', 'pip', '--version'])
      const [, pip = '', python = ''] = /^pip (\S+) .*\(python (\S+)\)/.exec(output) ?? []
      return { command, python, pip }
    } catch (error) {
      if (!(error instanceof SetupError)) throw error
    }
  }
  throw new SetupError('setup.toolMissing', 'Python 3 with pip was not found.', {
    remedy: 'Install it (Debian, Ubuntu: apt install python3-pip) and run the command again.',
  })
}

/**
 * Bytes of the largest file that pip is writing.
 * @param {string} folder
 * @returns {number}
 */
function largestFile(folder) {
  let largest = 0
  for (const name of listFiles(folder)) {
    const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
    if (size > largest) largest = size
  }
  return largest
}

/**
 * The size that pip announces: `Downloading x.whl (261.3 MB)`, in units of 1000.
 * @param {string} text
 * @returns {number | undefined} bytes
 */
export function announcedSize(text) {
  const match = /^\s*Downloading \S+ \(([\d.]+) (bytes|kB|MB|GB)\)/m.exec(text)
  if (match === null) return undefined
  const scale = { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 }
  const unit = /** @type {keyof typeof scale} */ (match[2])
  return Number(match[1]) * scale[unit]
}

/**
 * Fetches one pinned wheel by pip and verifies it. A wheel that is there already and has the right
 * SHA-256 is kept; one that was altered is removed and refused.
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} folder where the wheel lies afterwards
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} [python]
 * @returns {Promise<string>} path of the wheel
 */
export async function fetchWheel(wheel, folder, progress, python) {
  const place = join(folder, `${wheel.name}-${wheel.version}.whl`)
  progress.start(`${wheel.name} ${wheel.version}`)
  if (statSync(place, { throwIfNoEntry: false }) === undefined) {
    const command = python ?? (await findPip()).command
    await rename(await download(wheel, folder, progress, command), place)
  }
  try {
    await verifySha256(place, wheel.sha256)
  } catch (error) {
    await rm(place, { force: true })
    throw error
  }
  progress.done('verified')
  return place
}

/**
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} folder
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} python
 * @returns {Promise<string>} the file under the name that pip gave it
 */
async function download(wheel, folder, progress, python) {
  const work = join(folder, `${wheel.name}.partial`)
  const temporary = join(work, 'temporary')
  await rm(work, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  const meter = new RateMeter()
  /** @type {number | undefined} */
  let total
  const watch = setInterval(() => {
    const done = largestFile(work)
    meter.add(done)
    if (done > 0) progress.update(transferLine(done, total, meter.rate))
  }, watchInterval)
  try {
    await run(python, pipArguments(wheel, work), {
      env: { ...process.env, TMPDIR: temporary, PYTHONUNBUFFERED: '1' },
      onOutput: (text) => (total = announcedSize(text) ?? total),
      what: `Fetching ${wheel.name} ${wheel.version} by pip`,
      remedy: 'Check the network and run the command again; what is complete is kept.',
    })
  } finally {
    clearInterval(watch)
  }
  const name = readdirSync(work).find((file) => file.endsWith('.whl'))
  if (name === undefined) {
    throw new SetupError(
      'setup.commandFailed',
      `pip left no wheel of ${wheel.name} in ${basename(work)}.`,
    )
  }
  const file = join(folder, name)
  await rename(join(work, name), file)
  await rm(work, { recursive: true, force: true })
  return file
}

/**
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} destination
 */
function pipArguments(wheel, destination) {
  const version = wheel.python === 'py3' ? '3' : `3.${wheel.python.slice(3)}`
  return [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--no-cache-dir',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '--progress-bar=off',
    `--python-version=${version}`,
    `--platform=${wheel.platform}`,
    `--dest=${destination}`,
    `${wheel.name}==${wheel.version}`,
  ]
}
