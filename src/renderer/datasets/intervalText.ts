import { t } from '../i18n'
import type { Interval } from './cuts'

/** An interval in words; its limits exactly as they were typed. */
export function intervalText({ from, to }: Interval): string {
  if (to === null) return t('import.cutAbove', { from: String(from ?? '') })
  if (from === null) return t('import.cutBelow', { to: String(to) })
  return t('import.cutBetween', { from: String(from), to: String(to) })
}
