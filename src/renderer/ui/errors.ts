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

/** Everything known, as text for a report. */
export function errorDetails(error: ErrorPayload): string {
  const rows = Object.entries(error.details ?? {}).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [`${error.code}: ${error.message}`, ...rows].join('\n')
}
