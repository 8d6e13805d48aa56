import type { Dataset, Model } from '@shared/domain'
import { t } from '../i18n'
import { formatCount, formatParameters } from '../ui/format'

interface Named {
  readonly id: string
  readonly name: string
}

/** The thing that a recipe means: it may say its name or its id. */
export const referred = <Thing extends Named>(
  things: readonly Thing[],
  reference: string | null,
): Thing | null =>
  things.find((each) => each.name === reference) ??
  things.find((each) => each.id === reference) ??
  null

/** The name of what a recipe refers to; what nothing answers to is shown as it is written. */
export const nameOf = (things: readonly Named[], reference: string | null): string | null =>
  referred(things, reference)?.name ?? reference

/** Whether there are labels to learn from. */
export const canTeach = ({ roles, task, labels }: Dataset): boolean =>
  roles.label !== null && (task !== 'single-label' || labels.length > 1)

export const modelText = (model: Model): string =>
  t('recipe.modelText', {
    parameters: formatParameters(model.parameters),
    layers: model.layers,
    tokens: formatCount(model.maxLength),
  })

export function datasetText(dataset: Dataset): string {
  const rows = t('unit.rows', { count: dataset.rows })
  if (dataset.roles.label === null) return `${rows}, ${t('recipe.noLabels')}`
  if (dataset.task === 'regression') return `${rows}, ${t('recipe.numbers')}`
  return `${rows}, ${t('unit.classes', { count: dataset.labels.length })}`
}
