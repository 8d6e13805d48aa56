import { join } from 'node:path'
import { z } from 'zod'
import { growTokenizer } from '../../data/grown-tokenizer'
import { loadTokenizer } from '../../data/tokenizer'
import type { TensorInput } from '../../formats/safetensors'
import { copyTokenizer } from '../../formats/tokenizer-files'
import { openWeights, type Weights } from '../../formats/weights'
import { exists } from '../../platform/files'
import { sha256Json } from '../../platform/hash'
import { readJsonFile } from '../../platform/json'
import { keepModel } from '../model-cache'
import {
  describeLanguageModel,
  otherTensors,
  summaryPath,
  writeGraft,
  type GraftedModel,
  type LanguageModel,
} from './model-copy'
import { chooseTerms, type ChosenTerm } from './new-tokens'

export interface VocabularyGraft {
  readonly modelFolder: string
  readonly modelHash: string
  /** Terms of the pack's vocabulary.txt. */
  readonly terms: readonly string[]
  /** Most new tokens. */
  readonly most: number
  /** Where the terms are counted when there are more of them: texts without those of test rows. */
  readonly texts: readonly string[]
  readonly cacheFolder: string
}

const summarySchema = z.object({
  kind: z.literal('vocabulary'),
  /** New tokens, and how many terms were one token before or were too many. */
  added: z.int(),
  leftOut: z.int(),
  vocabularyBefore: z.int(),
  vocabularyAfter: z.int(),
})

export type VocabularySummary = z.output<typeof summarySchema>

const version = 1

/**
 * Makes single tokens of terms: the tokeniser gets them as whole words, and each new row of the word
 * embeddings, of the language head's matrix and of its bias is the mean of the rows of the pieces
 * that the term was until then. The result is a Hugging Face folder in the cache, named by a hash of
 * all that it depends on.
 *
 * Throws the codes of tokeniser, configuration and weights.
 */
export async function graftVocabulary(
  graft: VocabularyGraft,
): Promise<GraftedModel<VocabularySummary>> {
  const { modelFolder, modelHash, terms, most, texts } = graft
  const tokenizer = await loadTokenizer(modelFolder)
  const chosen = chooseTerms(tokenizer, terms, texts, most)
  const name = sha256Json([version, modelHash, chosen]).slice(0, 32)
  const folder = join(graft.cacheFolder, `vocabulary-${name}`)
  if (!(await exists(folder))) {
    const weights = await openWeights(modelFolder)
    try {
      const model = await describeLanguageModel(modelFolder, weights)
      const before = model.plan.config.vocabulary
      const after = Math.max(before, tokenizer.vocabulary + chosen.length)
      const summary: VocabularySummary = {
        ...{ kind: 'vocabulary', added: chosen.length, leftOut: terms.length - chosen.length },
        ...{ vocabularyBefore: before, vocabularyAfter: after },
      }
      const tensors = [
        ...(await grownTensors(model, weights, chosen, after)),
        ...(await otherTensors(model, weights)),
      ]
      await writeGraft(
        folder,
        {
          config: { ...model.config, vocab_size: after },
          tensors,
          writeTokenizer: async (building) => {
            await copyTokenizer(modelFolder, building)
            await growTokenizer(modelFolder, building, chosen)
          },
        },
        summary,
      )
    } finally {
      await weights.close()
    }
  }
  await keepModel(graft.cacheFolder, folder)
  const summary = await readJsonFile(summaryPath(folder), summarySchema, 'model.configInvalid')
  return { folder, hash: name, summary }
}

/** The backbone and the language head, as far as the checkpoint has one. */
async function grownTensors(
  { plan, match }: LanguageModel,
  weights: Weights,
  terms: readonly ChosenTerm[],
  rows: number,
): Promise<readonly TensorInput[]> {
  const tables = new Set([plan.family.names.word])
  if (plan.head.kind === 'language') {
    const { decoder, bias } = plan.head.head
    for (const name of [decoder, bias]) tables.add(name)
  }
  const tensors: TensorInput[] = []
  for (const [name, source] of match.found) {
    const shape = weights.tensors.get(source)?.shape ?? []
    const data = await weights.readFloat32(source)
    if (!tables.has(name)) {
      tensors.push({ name, dtype: 'F32', shape, data })
      continue
    }
    const width = shape[1] ?? 1
    tensors.push({
      ...{ name, dtype: 'F32', shape: [rows, ...shape.slice(1)] },
      data: grownTable(data, width, rows, terms),
    })
  }
  return tensors
}

/** A table [entries, width] with `rows` entries, those of the terms the mean of their pieces'. */
export function grownTable(
  table: Float32Array,
  width: number,
  rows: number,
  terms: readonly ChosenTerm[],
): Float32Array {
  const grown = new Float32Array(rows * width)
  grown.set(table)
  for (const { id, pieces } of terms) {
    const mean = new Float64Array(width)
    for (const piece of pieces) {
      for (let at = 0; at < width; at += 1)
        mean[at] = (mean[at] ?? 0) + (table[piece * width + at] ?? 0)
    }
    grown.set(
      Float32Array.from(mean, (sum) => sum / pieces.length),
      id * width,
    )
  }
  return grown
}
