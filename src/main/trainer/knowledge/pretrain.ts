import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { TrainingMethod } from '@shared/domain/knowledge'
import { GraftError } from '@shared/errors'
import { loadTokenizer } from '../../data/tokenizer'
import { readModelConfig, type ModelConfig } from '../../formats/model-config'
import { copyTokenizer } from '../../formats/tokenizer-files'
import type { TensorInput } from '../../formats/safetensors'
import { openWeights } from '../../formats/weights'
import type { Session } from '../../nn/session'
import { exists } from '../../platform/files'
import { sha256Json } from '../../platform/hash'
import { readJsonFile } from '../../platform/json'
import type { Precision } from '../precision'
import { keepModel } from '../model-cache'
import { openSession } from '../session'
import { freshHead, startsAnew } from './language-head'
import { languageLoss, trainLanguageModel } from './language-training'
import { createMasker } from './masking'
import {
  describeLanguageModel,
  otherTensors,
  summaryPath,
  writeGraft,
  type GraftedModel,
  type LanguageModel,
} from './model-copy'
import { pretrainingRows } from './pretraining-rows'

export type PretrainSettings = Extract<TrainingMethod, { readonly use: 'pretrain' }>

export interface Adaptation {
  readonly modelFolder: string
  readonly modelHash: string
  /** Corpus lines and row texts, without those of test rows. */
  readonly texts: readonly string[]
  readonly settings: PretrainSettings
  /** Terms of the pack, for `settings.domainTerms`. */
  readonly terms: readonly string[]
  /** Longest row in tokens; longer texts become several rows. */
  readonly maxLength: number
  readonly seed: number
  readonly precision: Precision
  readonly cacheFolder: string
}

const summarySchema = z.object({
  kind: z.literal('pretrain'),
  texts: z.int(),
  rows: z.int(),
  tokens: z.int(),
  steps: z.int(),
  heldOutTexts: z.int(),
  /** Masked-LM loss on the held-out texts, in nats a token. */
  lossBefore: z.number(),
  lossAfter: z.number(),
  /** Whether the model had no language head, so that one was made. */
  newHead: z.boolean(),
  seconds: z.number(),
})

/** What an adaptation did. */
export type PretrainSummary = z.output<typeof summarySchema>

/** Awaited often; what it throws ends the adaptation, which then starts anew the next time. */
export type WhileAdapting = (done: number, total: number, loss: number | null) => Promise<void>

const version = 1

/**
 * Domain-adaptive pre-training (Gururangan et al. 2020): masked language modelling on the texts
 * before a head is trained. The result is a model folder in the cache, named by a hash of all that
 * it depends on: made once, then read. The same inputs give the same weights, byte for byte.
 *
 * Throws model.familyUnsupported for causal models, recipe.invalid without a mask token, data.noRows
 * for fewer than two texts, trainer.lossNotFinite, and the codes of configuration and weights.
 */
export async function adaptBackbone(
  adaptation: Adaptation,
  whileAdapting: WhileAdapting,
): Promise<GraftedModel<PretrainSummary>> {
  const { settings, texts, terms, maxLength, seed, precision, modelHash } = adaptation
  refuseCausal(await readModelConfig(adaptation.modelFolder))
  const content = { ...settings, on: undefined }
  const inputs = [modelHash, content, textsHash(texts), terms, maxLength, seed, precision]
  const name = sha256Json([version, ...inputs]).slice(0, 32)
  const folder = join(adaptation.cacheFolder, `pretrained-${name}`)
  if (!(await exists(folder))) await adapt(adaptation, folder, whileAdapting)
  await keepModel(adaptation.cacheFolder, folder)
  const summary = await readJsonFile(summaryPath(folder), summarySchema, 'model.configInvalid')
  return { folder, hash: name, summary }
}

function textsHash(texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text.length} `).update(text)
  return hash.digest('hex')
}

const causal = ['gpt2', 'gpt_neo', 'gptj', 'llama', 'opt']

function refuseCausal({ model_type: type }: ModelConfig): void {
  if (!causal.includes(type)) return
  throw new GraftError(
    'model.familyUnsupported',
    `knowledge.training, pretrain: "${type}" is a causal language model, which this program cannot adapt yet; bert, distilbert and roberta can be. Leave pretrain out or choose one of those.`,
    { family: type },
  )
}

async function adapt(
  { modelFolder, texts, settings, terms, maxLength, seed, precision }: Adaptation,
  folder: string,
  whileAdapting: WhileAdapting,
): Promise<void> {
  const started = performance.now()
  const tokenizer = await loadTokenizer(modelFolder)
  const mask = createMasker(tokenizer, settings, terms)
  const waiting = (): Promise<void> => whileAdapting(0, 0, null)
  const rows = await pretrainingRows(tokenizer, texts, maxLength, seed, waiting)
  const weights = await openWeights(modelFolder)
  try {
    const model = await describeLanguageModel(modelFolder, weights)
    const session = await openSession(modelFolder, {
      ...{ task: 'masked-lm', labels: [], pooling: 'checkpoint', part: { kind: 'all' } },
      ...{ dropout: null, precision, initSeed: seed },
    })
    try {
      const newHead = startsAnew(model.plan, session)
      if (newHead) session.assign(freshHead(model.plan, rows.training))
      const { prefix } = model.plan.family.names
      const options = {
        ...{ ...settings, seed, mask, padId: tokenizer.padId },
        ...{ scaled: precision === 'float16' },
        startsLater: (parameter: string) => newHead && parameter.startsWith(prefix),
      }
      const lossBefore = await languageLoss(session, rows.heldOut, options, waiting)
      const steps = await trainLanguageModel(session, rows.training, options, whileAdapting)
      const lossAfter = await languageLoss(session, rows.heldOut, options, waiting)
      const summary: PretrainSummary = {
        ...{ kind: 'pretrain', texts: rows.texts, rows: rows.training.rows },
        ...{ tokens: rows.training.ids.length, steps, heldOutTexts: rows.heldOutTexts },
        ...{ lossBefore, lossAfter, newHead },
        seconds: (performance.now() - started) / 1000,
      }
      await writeGraft(
        folder,
        {
          config: languageConfig(model),
          tensors: [...tensorsOf(session), ...(await otherTensors(model, weights))],
          writeTokenizer: (building) => copyTokenizer(modelFolder, building),
        },
        summary,
      )
    } finally {
      session.dispose()
    }
  } finally {
    await weights.close()
  }
}

/** Read from the device one by one, when they are written. */
const tensorsOf = (session: Session): readonly TensorInput[] =>
  session.parameters.map((parameter) => ({
    ...{ name: parameter.name, dtype: 'F32', shape: parameter.shape },
    data: () => parameter.read(),
  }))

const architectures: Readonly<Record<string, string>> = {
  bert: 'BertForMaskedLM',
  distilbert: 'DistilBertForMaskedLM',
  roberta: 'RobertaForMaskedLM',
}

function languageConfig({ config, plan }: LanguageModel): ModelConfig {
  return { ...config, architectures: [architectures[plan.config.family] ?? config.model_type] }
}
