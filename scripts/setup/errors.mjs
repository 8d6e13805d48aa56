// @ts-check

/**
 * Why set-up stopped. The message names what failed, the remedy is the next step for a person.
 * @typedef {'setup.toolMissing' | 'setup.commandFailed' | 'setup.checksum' | 'setup.diskFull'
 *   | 'setup.archive' | 'setup.platform' | 'setup.timeout' | 'setup.missing'} SetupCode
 */

/** A failure of set-up with a code, a sentence for a person and what to do next. */
export class SetupError extends Error {
  /**
   * @param {SetupCode} code
   * @param {string} message
   * @param {{ remedy?: string, detail?: string, cause?: unknown }} [more] detail: the end of a tool's output
   */
  constructor(code, message, more = {}) {
    super(message, { cause: more.cause })
    this.name = 'SetupError'
    this.code = code
    this.remedy = more.remedy ?? ''
    this.detail = more.detail ?? ''
  }
}

/**
 * The text a person reads when a command ends with this error.
 * @param {unknown} error
 * @returns {string}
 */
export function describeError(error) {
  if (!(error instanceof SetupError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const lines = [`${error.code}: ${error.message}`]
  if (error.detail !== '') lines.push(error.detail.trimEnd().replace(/^/gm, '  | '))
  if (error.remedy !== '') lines.push(`Next step: ${error.remedy}`)
  return lines.join('\n')
}

/**
 * Ends a script: prints the error for a person and sets the exit code.
 * @param {unknown} error
 */
export function exitWithError(error) {
  process.stderr.write(`${describeError(error)}\n`)
  process.exitCode = 1
}
