import type { ErrorCode } from '@shared/errors'

/** Exit codes: what a script may rely on. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  invalid: 2,
  interrupted: 130,
  pipeClosed: 141,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Families of codes that say: what was given is wrong, not the program or the machine. */
const invalidFamilies: readonly string[] = [
  'input',
  'recipe',
  'pack',
  'data',
  'model',
  'safetensors',
  'archive',
  'file',
  'notFound',
  'conflict',
]

/** Codes of other families that say the same. */
const invalidCodes: readonly ErrorCode[] = ['export.exists']

/** The exit code of an error: 2 where other input would help, 1 for everything else. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  const family = code.split('.')[0] ?? code
  return invalidFamilies.includes(family) || invalidCodes.includes(code)
    ? exitCodes.invalid
    : exitCodes.failed
}

/** Thrown to end a command that Ctrl-C interrupted; what there was to say has been said. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly result: Readonly<Record<string, unknown>>

  constructor(result: Readonly<Record<string, unknown>>) {
    super('Interrupted.')
    this.result = result
  }
}
