import { GraftError } from '@shared/errors'
import { bert } from './bert'
import { distilbert } from './distilbert'
import type { Family } from './encoder/family'
import { roberta } from './roberta'

const families: Readonly<Record<string, Family>> = { bert, distilbert, roberta }

/** The family that `config.json` names as model_type; throws model.familyUnsupported for others. */
export function familyOf(config: unknown): Family {
  const type =
    typeof config === 'object' && config !== null && 'model_type' in config
      ? config.model_type
      : undefined
  const family = typeof type === 'string' ? families[type] : undefined
  if (family !== undefined) return family
  const known = Object.keys(families).join(', ')
  throw new GraftError(
    'model.familyUnsupported',
    typeof type === 'string'
      ? `Models of the family "${type}" cannot be trained here; ${known} can.`
      : `config.json does not say what the model is (model_type); ${known} are known.`,
    { family: type },
  )
}
