import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { exists } from '../platform/files'
import { readJsonFile } from '../platform/json'

const positive = z.int().positive()
/** Far above every model there is; a mistyped count must not become a plan for all of memory. */
const layers = positive.max(10_000)

/** `config.json` of a model: what this program reads of it; everything else is kept as it is. */
const modelConfigSchema = z.looseObject({
  model_type: z.string('it has no model_type, which says what kind of model this is').min(1),
  architectures: z.array(z.string()).nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
  problem_type: z.string().nullish(),
  vocab_size: positive.optional(),
  hidden_size: positive.optional(),
  dim: positive.optional(),
  num_hidden_layers: layers.optional(),
  n_layers: layers.optional(),
  max_position_embeddings: positive.optional(),
})
export type ModelConfig = z.output<typeof modelConfigSchema>

/** Reads `config.json`. Throws model.configMissing, model.configInvalid. */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const path = join(folder, 'config.json')
  if (await exists(path)) return readJsonFile(path, modelConfigSchema, 'model.configInvalid')
  throw new GraftError(
    'model.configMissing',
    `${folder} has no config.json, so it is no model folder in the Hugging Face layout.`,
    { folder },
  )
}

/** Classes in the order of the outputs; none where the config does not name them. */
export const classesOf = ({ id2label }: ModelConfig): readonly string[] =>
  Object.entries(id2label ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, label]) => label)

/** The labels of a classifier; the numbered default names of a bare backbone are none. */
export function ownLabels(config: ModelConfig): readonly string[] {
  const classifies = config.architectures?.some((name) =>
    name.endsWith('ForSequenceClassification'),
  )
  return classifies === true ? classesOf(config) : []
}
