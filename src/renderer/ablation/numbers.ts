import { t } from '../i18n'
import { formatNumber, shareOf } from '../ui/format'

/** A mean in a picture or table: three decimals are what seeds allow. */
export const meanText = (value: number): string =>
  Math.abs(value) < 10 ? value.toFixed(3).replace('-', '−') : formatNumber(value)

export function differenceText(value: number): string {
  const text = meanText(Math.abs(value))
  if (/^[0.]+$/.test(text)) return text
  return value > 0 ? `+${text}` : `−${text}`
}

export const pText = (p: number): string =>
  p < 0.001 ? t('ablation.pBelow') : t('ablation.p', { p: pNumber(p) })

/** A p-value without its letter. */
export const pNumber = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3))

export const ratioText = (ratio: number): string => ratio.toFixed(ratio < 10 ? 1 : 0)

/** Mean of the numbers; null for none. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0
    ? null
    : shareOf(
        values.reduce((sum, value) => sum + value, 0),
        values.length,
      )
