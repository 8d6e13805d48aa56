// @ts-check
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureElectron } from './setup/electron.mjs'
import { exitWithError, SetupError } from './setup/errors.mjs'
import { ensure } from './setup/index.mjs'
import { underRightNode } from './setup/node.mjs'
import { projectFolder } from './setup/paths.mjs'
import { Progress } from './setup/progress.mjs'
import { runInPlace } from './setup/run.mjs'

/**
 * Which front a start opens, and why where it is not the window.
 * @typedef {{ front: 'window', executable: string, args: string[] } | { front: 'browser', reason: string }} Front
 */

/** Whether a window could be shown at all. */
function hasDisplay() {
  return (
    process.platform !== 'linux' ||
    Boolean(process.env.DISPLAY) ||
    Boolean(process.env.WAYLAND_DISPLAY)
  )
}

/**
 * @param {Progress} progress
 * @returns {Promise<Front>}
 */
async function chooseFront(progress) {
  const wish = process.env.GRAFTBENCH_FRONT
  const isRoot = process.getuid?.() === 0
  if (wish === 'browser') return { front: 'browser', reason: 'GRAFTBENCH_FRONT=browser' }
  if (wish !== undefined && wish !== '' && wish !== 'window') {
    throw new SetupError(
      'setup.missing',
      `GRAFTBENCH_FRONT is ${wish}; it can be browser or window.`,
    )
  }
  if (wish !== 'window') {
    if (!hasDisplay()) return { front: 'browser', reason: 'there is no display' }
    if (isRoot) return { front: 'browser', reason: "Chromium's sandbox does not work for root" }
  }
  const electron = await ensureElectron(progress)
  if (electron.found) {
    const args = isRoot ? ['--no-sandbox', projectFolder] : [projectFolder]
    return { front: 'window', executable: electron.executable, args }
  }
  if (wish !== 'window') return { front: 'browser', reason: electron.reason }
  throw new SetupError('setup.missing', `The window cannot open: ${electron.reason}.`, {
    remedy: 'Set GRAFTBENCH_ELECTRON to an Electron executable, or GRAFTBENCH_FRONT=browser.',
  })
}

/** @param {string} url */
function openInBrowser(url) {
  /** @type {Partial<Record<NodeJS.Platform, [string, string[]]>>} */
  const openers = { darwin: ['open', [url]], win32: ['explorer', [url]] }
  const [command, args] = openers[process.platform] ?? ['xdg-open', [url]]
  execFile(command, args, (error) => {
    if (error !== null) process.stderr.write(`Open this address in a browser: ${url}\n`)
  })
}

/**
 * Runs `graftbench serve` in this terminal and opens its address where there is a display.
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
function serve(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(projectFolder, 'out/main/headless.cjs'), 'serve', ...args],
      { stdio: ['inherit', 'pipe', 'inherit'] },
    )
    let head = ''
    let opened = !hasDisplay()
    child.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text)
      if (opened) return
      head += text
      const url = /http:\/\/(?:127\.0\.0\.1|localhost):\S+(?=\s)/.exec(head)?.[0]
      if (url === undefined) return
      opened = true
      openInBrowser(url)
    })
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => child.kill(signal))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

underRightNode(async () => {
  const args = process.argv.slice(2)
  const progress = new Progress()
  const gpu = args.includes('--gpu') ? true : undefined
  const rest = args.filter((arg) => arg !== '--gpu')
  await ensure({ gpu, progress })
  const choice = await chooseFront(progress)
  if (choice.front === 'window') {
    process.exitCode = await runInPlace(choice.executable, [...choice.args, ...rest])
    return
  }
  progress.note(`Graftbench opens in the browser: ${choice.reason}.`)
  process.exitCode = await serve(rest)
}).catch(exitWithError)
