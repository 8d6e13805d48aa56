import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import type { ErrorCode } from '@shared/errors'
import { GraftError } from '@shared/errors'
import { writeFileAtomic } from './atomic'
import { describeFileError, requireContent } from './files'

/** Reads a JSON file and checks it. What is wrong is thrown with `code`, naming file and field. */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  code: ErrorCode = 'data.format',
): Promise<z.output<Schema>> {
  await requireContent(path)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw describeFileError(error, path)
  })
  return checkJson(parseJson(text, path, code), path, schema, code)
}

function parseJson(text: string, path: string, code: ErrorCode): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GraftError(code, `${path} is not valid JSON: ${reason}.`, { path }, { cause: error })
  }
}

function checkJson<Schema extends z.ZodType>(
  value: unknown,
  path: string,
  schema: Schema,
  code: ErrorCode,
): z.output<Schema> {
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const first = checked.error.issues[0]
  const field = first === undefined ? '' : first.path.join('.')
  const reason = first?.message ?? 'unexpected content'
  const place = field === '' ? path : `${path}, field "${field}"`
  throw new GraftError(code, `${place}: ${reason}.`, { path, field })
}

/** Writes a value as JSON, all or nothing, for people to read (two spaces) and with a last newline. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`)
}
