import type { PackProblem } from '@shared/domain'
import type { ErrorCode, ErrorPayload } from '@shared/errors'
import type { MessageKey } from '../i18n'
import { isMessageKey } from '../i18n'

/** What happened, in a few words, by code. */
export const titleKey = (code: ErrorCode): MessageKey => `error.${code}`

/** What to do about it; null where the message itself says all there is. */
export function nextStepKey(code: ErrorCode): MessageKey | null {
  const key = `next.${code}`
  if (isMessageKey(key)) return key
  const room = `next.${code.split('.')[0] ?? ''}`
  return isMessageKey(room) ? room : null
}

/** One of the mistakes that an error lists, and where it stands. */
export interface ListedProblem {
  readonly place: string
  readonly message: string
}

/** All errors of a pack that was refused, file by file; empty where the message says everything. */
export function listedProblems({ details }: ErrorPayload): readonly ListedProblem[] {
  const problems = details?.['problems']
  if (!Array.isArray(problems)) return []
  const errors = problems.filter(isFileProblem).filter(({ severity }) => severity === 'error')
  const files = [...new Set(errors.map(({ file }) => file))]
  return errors
    .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0))
    .map(({ file, line, field, message }) => ({
      place: line === null ? file : `${file}:${line}`,
      message: field === null ? message : `${field}: ${message}`,
    }))
}

const isFileProblem = (value: unknown): value is PackProblem =>
  typeof value === 'object' &&
  value !== null &&
  ['severity', 'file', 'line', 'field', 'message'].every((name) => name in value)

/** Everything known, as text for a report. */
export function errorDetails(error: ErrorPayload): string {
  const rows = Object.entries(error.details ?? {}).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [`${error.code}: ${error.message}`, ...rows].join('\n')
}
