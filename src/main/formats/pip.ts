import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GraftError } from '@shared/errors'
import { exists, systemCodeOf } from '../platform/files'
import { sha256File } from '../platform/hash'

/** A file of the Python package index, known by its content. */
export interface PinnedPackage {
  readonly requirement: string
  readonly file: string
  readonly sha256: string
  readonly bytes: number
  /** Whether the source archive is wanted, not a wheel. */
  readonly source: boolean
}

export interface PipOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined
  /** Program to run; the default is `GRAFTBENCH_PYTHON`, or the system's Python 3. */
  readonly python?: string | undefined
}

const attempts = 3
const lastLines = 6

/**
 * Fetches a package's file by pip into `folder` and verifies its SHA-256; a file that is there and
 * right is taken as it is. pip brings its own mirrors, proxies and certificates.
 *
 * Throws setup.missing without Python or pip, hub.unreachable, hub.checksum, cancelled.
 */
export async function pipDownload(
  pinned: PinnedPackage,
  folder: string,
  options: PipOptions = {},
): Promise<string> {
  const target = join(folder, pinned.file)
  if ((await exists(target)) && (await sha256File(target)) === pinned.sha256) {
    options.onProgress?.(pinned.bytes, pinned.bytes)
    return target
  }
  await mkdir(folder, { recursive: true })
  const temporary = await mkdtemp(join(folder, '.pip-'))
  try {
    await runWithRetries(pinned, temporary, options)
    const fetched = join(temporary, pinned.file)
    await verify(fetched, pinned)
    await rename(fetched, target)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  options.onProgress?.(pinned.bytes, pinned.bytes)
  return target
}

async function verify(path: string, pinned: PinnedPackage): Promise<void> {
  const found = (await exists(path)) ? await sha256File(path) : 'none'
  if (found === pinned.sha256) return
  throw new GraftError(
    'hub.checksum',
    `${pinned.file} has the SHA-256 ${found}, expected is ${pinned.sha256}. The file was not used.`,
    { file: pinned.file, found, expected: pinned.sha256 },
  )
}

async function runWithRetries(
  pinned: PinnedPackage,
  folder: string,
  options: PipOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await runPip(pinned, folder, options)
    if (outcome.code === 0) return
    if (attempt < attempts && !/No module named pip/.test(outcome.errors)) continue
    throw pipFailure(pinned, outcome.errors)
  }
}

function pipFailure(pinned: PinnedPackage, errors: string): GraftError {
  const reason = errors.trim().split('\n').slice(-lastLines).join(' ')
  return /No module named pip/.test(errors)
    ? new GraftError('setup.missing', 'Python has no pip. Install the package python3-pip.')
    : new GraftError(
        'hub.unreachable',
        `pip could not fetch ${pinned.requirement}: ${reason || 'it gave no reason'}`,
        { requirement: pinned.requirement },
      )
}

async function runPip(
  pinned: PinnedPackage,
  folder: string,
  options: PipOptions,
): Promise<{ readonly code: number | null; readonly errors: string }> {
  const python = options.python ?? defaultPython()
  const kind = pinned.source
    ? ['--no-binary', pinned.requirement.replace(/=.*/, '')]
    : ['--only-binary', ':all:']
  const child = spawn(
    python,
    [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input'],
      ...['--no-deps', ...kind, '--dest', folder, pinned.requirement],
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder },
      signal: options.signal,
    },
  )
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-20_000)
  })
  const watch = setInterval(() => {
    void largestFile(folder).then((bytes) =>
      options.onProgress?.(Math.min(bytes, pinned.bytes), pinned.bytes),
    )
  }, 500)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(startFailure(error, python)))
      child.once('close', (code) => resolve({ code, errors }))
    })
  } finally {
    clearInterval(watch)
  }
}

function startFailure(error: Error, python: string): Error {
  if (error.name === 'AbortError') return new GraftError('cancelled', 'The download was cancelled.')
  if (systemCodeOf(error) !== 'ENOENT') return error
  return new GraftError(
    'setup.missing',
    `Python was not found ("${python}"). Install Python 3 with pip, or set GRAFTBENCH_PYTHON.`,
    { python },
  )
}

const defaultPython = (): string =>
  process.env['GRAFTBENCH_PYTHON'] ?? (process.platform === 'win32' ? 'python' : 'python3')

/**
 * pip writes under its temporary folder while it fetches: the largest file there is the download.
 * Files come and go meanwhile; what is gone already counts as nothing.
 */
async function largestFile(folder: string): Promise<number> {
  let largest = 0
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found?.isFile()) largest = Math.max(largest, found.size)
  }
  return largest
}
