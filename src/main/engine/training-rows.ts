import type { Dataset, Part, Recipe } from '@shared/domain'
import { trainingCounts } from '../data/splits'
import { splitCounts } from './estimate'

/** Why nothing can be learned from the training rows, and the field of the recipe that it is about. */
export interface TrainingFault {
  readonly path: string
  readonly message: string
}

/** What keeps a run from learning anything of a data set, as far as its counts tell; null: nothing. */
export function trainingFault(recipe: Recipe, dataset: Dataset): TrainingFault | null {
  const { name, task } = dataset
  const column = `the column "${dataset.roles.label ?? ''}"`
  const labelled = labelledCounts(dataset)
  if (task === 'single-label' && labelled.size === 0) {
    return {
      path: 'data.dataset',
      message: `No training row of "${name}" has a label in ${column}. Label some rows of every class, or import the data with another label column.`,
    }
  }
  if (splitCounts(recipe, dataset).train === 0) {
    return {
      path: 'data.dataset',
      message: `"${name}" has too few labelled rows for training, validation and test. Add rows, or choose smaller shares in data.validation and data.test.`,
    }
  }
  if (task !== 'single-label') return null
  const drawn = trainingCounts(labelled, sharesOf(recipe, dataset))
  const [only] = drawn.keys()
  if (drawn.size > 1 || only === undefined) return null
  if (labelled.size === 1) {
    return {
      path: 'data.dataset',
      message: `All labelled training rows of "${name}" have the label "${only}" in ${column}; two classes are needed to tell apart. Add training rows of another class, or import the data with another label column.`,
    }
  }
  return {
    path: recipe.data.trainRows === null ? 'data.dataset' : 'data.trainRows',
    message: `All ${drawn.get(only) ?? 0} training rows that are drawn of "${name}" have the label "${only}" in ${column}. Take more rows with data.trainRows, less for data.validation and data.test, or add rows of other classes.`,
  }
}

const partOf = ({ statistics }: Dataset, part: Part) =>
  statistics.parts.find((each) => each.part === part)

/** Labelled rows that are trained on or drawn from, by class. */
function labelledCounts(dataset: Dataset): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const part of ['all', 'train'] as const) {
    for (const [label, count] of Object.entries(partOf(dataset, part)?.labels ?? {})) {
      if (count > 0) counts.set(label, (counts.get(label) ?? 0) + count)
    }
  }
  return counts
}

const sharesOf = ({ data }: Recipe, dataset: Dataset) => ({
  test: hasLabels(dataset, 'test') ? 0 : data.test,
  validation: hasLabels(dataset, 'validation') ? 0 : data.validation,
  trainRows: data.trainRows,
})

const hasLabels = (dataset: Dataset, part: Part): boolean =>
  Object.values(partOf(dataset, part)?.labels ?? {}).some((count) => count > 0)
