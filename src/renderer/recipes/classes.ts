import type { Dataset, Recipe } from '@shared/domain'
import { t } from '../i18n'
import { formatNumber, formatPercent } from '../ui/format'
import { fact, warning, type Implication } from './implication'

/** Rows of the most common class for one row of the rarest; null with less than two classes. */
export function imbalance({ statistics, labels }: Dataset): number | null {
  const counts = new Map<string, number>()
  for (const { part, labels: rows } of statistics.parts) {
    if (part !== 'all' && part !== 'train') continue
    for (const [label, count] of Object.entries(rows)) {
      counts.set(label, (counts.get(label) ?? 0) + count)
    }
  }
  const present = labels.map((label) => counts.get(label) ?? 0).filter((count) => count > 0)
  return present.length < 2 ? null : Math.max(...present) / Math.min(...present)
}

/** From here on a class is rare enough that a model may do without it. */
const rareFrom = 3

export function weightsImplication({ loss }: Recipe, dataset: Dataset): Implication | null {
  const ratio = imbalance(dataset)
  if (ratio === null) return null
  if (ratio < 1.2) return fact(t('recipe.imply.even'))
  const times = formatNumber(ratio, 2)
  if (loss.classWeights === 'balanced') return fact(t('recipe.imply.balanced', { times }))
  const text = t('recipe.imply.uneven', { times })
  return ratio >= rareFrom ? warning(text) : fact(text)
}

/** What is asked of the right class: 1 − ε + ε/k (Szegedy et al. 2016, section 7). */
export function smoothingImplication({ loss }: Recipe, dataset: Dataset): Implication | null {
  const { labelSmoothing } = loss
  if (labelSmoothing === 0 || dataset.labels.length < 2) return null
  const target = 1 - labelSmoothing + labelSmoothing / dataset.labels.length
  return fact(t('recipe.imply.smoothing', { share: formatPercent(target) }))
}
