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

/** All errors of a file or pack that was refused; empty where the message says everything. */
export function listedProblems({ details }: ErrorPayload): readonly ListedProblem[] {
  const problems = details?.['problems']
  if (!Array.isArray(problems)) return []
  return problems.flatMap((each: unknown) =>
    isFileProblem(each) && each.severity === 'error'
      ? [
          {
            place: each.line === null ? each.file : `${each.file}:${each.line}`,
            message: each.field === null ? each.message : `${each.field}: ${each.message}`,
          },
        ]
      : [],
  )
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
