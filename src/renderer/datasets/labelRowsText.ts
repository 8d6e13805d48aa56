import type { LabelRows } from '@shared/domain'
import { t } from '../i18n'

/** Labels with their numbers of rows, as a sentence takes them. */
export const labelRowsText = (labels: readonly LabelRows[]): string =>
  labels
    .map(({ label, rows }) => t('data.labelRows', { label, rows: t('unit.rows', { count: rows }) }))
    .join(', ')
