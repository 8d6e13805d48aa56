import type { Recipe } from '@shared/domain'
import { t } from '../i18n'
import { formatNumber } from '../ui/format'
import { fact, warning, type Implication } from './implication'

type Range = readonly [least: number, most: number]

/** Peak rates that usually work, for layers that know something and for a head from nothing. */
const usual: Readonly<
  Record<Recipe['optimizer']['name'], { readonly layers: Range; readonly head: Range }>
> = {
  adamw: { layers: [1e-5, 1e-4], head: [3e-4, 5e-3] },
  adam: { layers: [1e-5, 1e-4], head: [3e-4, 5e-3] },
  adafactor: { layers: [1e-5, 1e-3], head: [3e-4, 1e-2] },
  lamb: { layers: [5e-5, 5e-3], head: [1e-3, 1e-2] },
  lion: { layers: [1e-6, 3e-5], head: [3e-5, 5e-4] },
  momentum: { layers: [1e-4, 2e-2], head: [1e-3, 0.5] },
  sgd: { layers: [1e-3, 0.1], head: [1e-2, 1] },
}

export const usualRates = ({ optimizer, train }: Recipe): Range =>
  usual[optimizer.name][train === 'head' ? 'head' : 'layers']

/** Where a rate stands in the range that is usual for its optimiser and for what is trained. */
export function rateImplication(recipe: Recipe): Implication {
  const [least, most] = usualRates(recipe)
  const { learningRate } = recipe.optimizer
  const range = { least: formatNumber(least), most: formatNumber(most) }
  if (learningRate > most) return warning(t('recipe.imply.rateHigh', range))
  if (learningRate < least) return warning(t('recipe.imply.rateLow', range))
  return fact(t('recipe.imply.rateUsual', range))
}
