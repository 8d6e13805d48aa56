import type { Command } from 'commander'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import type { Session } from './session'

/** What a command does, given its checked options and its arguments. */
export type Run<Options> = (
  session: Session,
  options: Options,
  args: readonly string[],
) => Promise<void>

/** Binds a command to the program's session; the last argument of a command's action is itself. */
export type Act = <Schema extends z.ZodType>(
  schema: Schema,
  run: Run<z.output<Schema>>,
) => (...given: unknown[]) => Promise<void>

/** Adds a group of commands to the program. */
export type Register = (program: Command, act: Act) => void

export const noOptions = z.object({})

const numberOf = (expected: string, accept: (value: number) => boolean) =>
  z.string().transform((text, context) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isFinite(value) && accept(value)) return value
    context.addIssue(`expected ${expected}, not "${text}"`)
    return z.NEVER
  })

export const positive = numberOf('a number above 0', (value) => value > 0)
export const count = numberOf('a whole number above 0', (n) => Number.isInteger(n) && n > 0)
export const wholeNumber = numberOf('a whole number', (n) => Number.isInteger(n) && n >= 0)
export const portNumber = numberOf(
  'a port from 0 to 65535',
  (n) => Number.isInteger(n) && n >= 0 && n <= 65_535,
)

/** Numbers with commas: `-0.5,0.5`. */
export const numberList = z.string().transform((text, context) => {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (values.every(Number.isFinite)) return values
  context.addIssue(`expected numbers with commas between them, not "${text}"`)
  return z.NEVER
})

/** Names with commas: `negative,neutral,positive`. */
export const nameList = z.string().transform((text) => text.split(',').map((part) => part.trim()))

/** Options as commander read them, checked. Throws input.invalid naming the flag. */
export function checkOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const checked = schema.safeParse(options)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  const flag = issue === undefined ? '' : flagOf(issue.path.map(String)[0] ?? '')
  throw new GraftError('input.invalid', `${flag}: ${issue?.message ?? 'is not valid'}.`, { flag })
}

const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
