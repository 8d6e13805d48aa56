import type { Dataset, Model, Run } from '@shared/domain'
import { t } from '../i18n'
import { writeField, writeFields } from './document'
import { presetFields } from './presets'
import { runName } from './runName'
import { canTeach } from './subjects'

export interface Beginning {
  readonly models: readonly Model[]
  readonly datasets: readonly Dataset[]
  /** Ids that the address names. */
  readonly model: string | undefined
  readonly dataset: string | undefined
  /** The run to take over, with its recipe as text. */
  readonly source: { readonly run: Run; readonly yaml: string } | null
  /** The project's latest run: what was used there is likely to be used again. */
  readonly latest: Run | null
}

/** The text that a new run begins with; null while there is no model or no dataset. */
export function beginningOf(given: Beginning): string | null {
  const { models, datasets, source, latest } = given
  if (source !== null) {
    return writeField(source.yaml, 'name', t('recipe.copyOf', { name: source.run.name }))
  }
  const model =
    models.find((each) => each.id === given.model) ??
    models.find((each) => each.id === latest?.model) ??
    models[0]
  const dataset =
    datasets.find((each) => each.id === given.dataset) ??
    datasets.find((each) => each.id === latest?.dataset) ??
    datasets.find(canTeach) ??
    datasets[0]
  if (model === undefined || dataset === undefined) return null
  return firstRecipe(model.name, dataset.name)
}

/** The text a new run begins with: what matters, the rest by default. */
function firstRecipe(model: string, dataset: string): string {
  const bare = writeFields('', {
    name: runName(model, dataset),
    model,
    'data.dataset': dataset,
  })
  return writeFields(bare, presetFields('standard'))
}
