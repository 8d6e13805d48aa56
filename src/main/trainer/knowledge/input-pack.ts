import { join } from 'node:path'
import { z } from 'zod'
import { trainingMethodSchema } from '@shared/domain/knowledge'
import { requireUsable } from '../../data/pack/problems'
import { readPack } from '../../data/pack/read-pack'
import { withoutCorpus, writePack } from '../../data/pack/write-pack'
import type { TextTokenizer } from '../../data/tokenizer'
import { withSafetensors } from '../../formats/safetensors'
import { compilePack } from '../../knowledge/compile'
import type { KnowledgeRow } from '../../knowledge/types'
import { scoreFeaturesOf } from '../../nn/session'
import { exists } from '../../platform/files'
import { readJsonFile, writeJsonFile } from '../../platform/json'
import type { RunFolder } from '../manifest'
import { featureColumns, gatherScores } from './features'
import { methodNamed } from './strategy'
import { injectorOf, type TripleInjector } from './triples'

/** What a model takes from its pack besides a text, and how labels and pieces were chosen. */
const choiceSchema = z.strictObject({
  version: z.literal(1),
  labels: z.record(z.string(), z.string()),
  without: z.array(z.string()),
  /** Whether scores join its head. */
  scores: z.boolean(),
  /** Methods by which triples are put into its rows: one or none. */
  triples: z.array(trainingMethodSchema),
})

const packFolderOf = (modelFolder: string): string => join(modelFolder, 'inputs', 'pack')
const choiceFileOf = (modelFolder: string): string => join(modelFolder, 'inputs', 'inputs.json')

/** Puts the pack of a run beside weights that take scores or triples, so that new rows get theirs. */
export async function writeInputPack(
  modelFolder: string,
  weightsFile: string,
  { packFolder, manifest }: RunFolder,
): Promise<void> {
  const choice = manifest.recipe.knowledge
  if (packFolder === null || choice === null) return
  const taken = await withSafetensors(weightsFile, (file) =>
    Promise.resolve(scoreFeaturesOf(file.tensors)),
  )
  const triples =
    typeof choice.training === 'string' ? undefined : methodNamed(choice.training, 'triples')
  if (taken === undefined && triples === undefined) return
  const { content } = await readPack(packFolder)
  await writePack(withoutCorpus(content), packFolderOf(modelFolder))
  const { labels, without } = choice
  const own: z.output<typeof choiceSchema> = {
    ...{ version: 1, labels, without, scores: taken !== undefined },
    triples: triples === undefined ? [] : [triples],
  }
  await writeJsonFile(choiceFileOf(modelFolder), own)
}

/** What a model's rows get from its pack; undefined: nothing of the kind. */
export interface ModelInputs {
  /** Scores of rows, [rows, columns], as the model takes them. */
  readonly scores: ((rows: readonly KnowledgeRow[]) => Float32Array) | undefined
  readonly injector: TripleInjector | undefined
}

/** Opens what lies beside a model. Throws pack.invalid. */
export async function openInputPack(
  modelFolder: string,
  labels: readonly string[],
  tokenizer: TextTokenizer,
): Promise<ModelInputs> {
  const path = choiceFileOf(modelFolder)
  if (!(await exists(path))) return { scores: undefined, injector: undefined }
  const choice = await readJsonFile(path, choiceSchema, 'pack.invalid')
  const { content, problems } = await readPack(packFolderOf(modelFolder))
  requireUsable(content.name, problems)
  const injector = injectorOf(tokenizer, content.triples, choice.triples)
  if (!choice.scores) return { scores: undefined, injector }
  const compiled = compilePack(content, labels, choice.labels, choice.without)
  const columns = featureColumns(compiled.pieces, labels.length)
  return {
    scores: (rows) => {
      const all = Int32Array.from({ length: rows.length }, (_, row) => row)
      return gatherScores(compiled.score(rows), columns, all)
    },
    injector,
  }
}
