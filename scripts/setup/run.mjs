// @ts-check
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { stripVTControlCharacters } from 'node:util'
import { SetupError } from './errors.mjs'

/** How many lines of a tool's output an error shows: compilers begin with the cause, npm too. */
const headLines = 12
const tailLines = 24

/**
 * The beginning and the end of what a tool wrote.
 * @param {string} text
 * @returns {string}
 */
function excerptOf(text) {
  const lines = stripVTControlCharacters(text).trimEnd().split('\n')
  if (lines.length <= headLines + tailLines) return lines.join('\n')
  const left = lines.length - headLines - tailLines
  return [...lines.slice(0, headLines), `… ${left} lines …`, ...lines.slice(-tailLines)].join('\n')
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] the tool is ended after this time
 * @property {(text: string) => void} [onOutput] what the tool writes, as it comes
 * @property {string} [what] the step, for the error's sentence
 * @property {string} [remedy] the next step, for the error
 */

/**
 * Runs a tool to its end and gives what it wrote to standard output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 * @throws {SetupError} setup.toolMissing, setup.timeout or setup.commandFailed with the end of its output
 */
export function run(command, args, options = {}) {
  const {
    cwd,
    env = process.env,
    timeoutMs,
    onOutput,
    what = `${command} ${args.join(' ')}`,
    remedy,
  } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command === 'npm',
    })
    let stdout = ''
    let all = ''
    let timedOut = false
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true
            child.kill('SIGKILL')
          }, timeoutMs)
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
      all += text
      onOutput?.(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      all += text
      onOutput?.(text)
    })
    child.on('error', (cause) => {
      clearTimeout(timer)
      const missing = 'code' in cause && cause.code === 'ENOENT'
      reject(
        missing
          ? new SetupError('setup.toolMissing', `${command} was not found.`, { remedy, cause })
          : new SetupError('setup.commandFailed', `${what} could not start: ${cause.message}`, {
              cause,
            }),
      )
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) return resolve(stdout)
      const detail = excerptOf(all)
      if (timedOut) {
        const message = `${what} took longer than ${(timeoutMs ?? 0) / 1000} s.`
        return reject(new SetupError('setup.timeout', message, { detail, remedy }))
      }
      const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`
      reject(new SetupError('setup.commandFailed', `${what} ${how}.`, { detail, remedy }))
    })
  })
}

/**
 * Runs a command in this one's place: same terminal, signals passed on, same exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} the exit code; 128 + signal where a signal ended it
 */
export function runInPlace(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' })
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, forward)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
