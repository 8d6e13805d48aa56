import { join } from 'node:path'
import type { PackContent } from '@shared/domain'
import type { TrainingMethod } from '@shared/domain/knowledge'
import { corpusTexts } from '../../data/pack/corpus'
import type { TextRow } from '../../data/tokenize'
import type { Precision } from '../precision'
import { adaptBackbone, type PretrainSummary, type WhileAdapting } from './pretrain'
import { graftVocabulary, type VocabularySummary } from './vocabulary'

export interface BackboneGraft {
  readonly modelFolder: string
  readonly modelHash: string
  readonly methods: readonly TrainingMethod[]
  readonly content: PackContent
  readonly packFolder: string
  /** Training rows and rows without a label; never those of test or validation. */
  readonly rows: readonly TextRow[]
  readonly maxLength: number
  readonly seed: number
  readonly precision: Precision
  readonly cacheFolder: string
}

/** The model that a run starts from, and what was done to it; null: not asked for. */
export interface GraftedBackbone {
  readonly modelFolder: string
  readonly modelHash: string
  readonly vocabulary: VocabularySummary | null
  readonly pretrain: PretrainSummary | null
}

/**
 * What methods do to a model before a head is trained: first the new tokens, then the pre-training,
 * in which these learn. Folders and hashes are those of the last one made; without such methods,
 * those that were given. Throws the codes of both and those of files.
 */
export async function graftBackbone(
  graft: BackboneGraft,
  whileAdapting: WhileAdapting,
): Promise<GraftedBackbone> {
  const { methods, content, cacheFolder } = graft
  let { modelFolder, modelHash } = graft
  const vocabularyMethod = methods.find(({ use }) => use === 'vocabulary')
  const pretrainMethod = methods.find(({ use }) => use === 'pretrain')
  // In an order of their own: which rows have labels changes nothing, and every draw is served.
  const rowTexts = graft.rows
    .flatMap(({ text, pair }) => (pair === null ? [text] : [text, pair]))
    .sort()
  let vocabulary: VocabularySummary | null = null
  if (vocabularyMethod?.use === 'vocabulary' && content.vocabulary.length > 0) {
    const made = await graftVocabulary({
      ...{ modelFolder, modelHash, cacheFolder, terms: content.vocabulary },
      ...{ most: vocabularyMethod.most, texts: rowTexts },
    })
    modelFolder = made.folder
    modelHash = made.hash
    vocabulary = made.summary
  }
  if (pretrainMethod?.use !== 'pretrain') {
    return { modelFolder, modelHash, vocabulary, pretrain: null }
  }
  const { on } = pretrainMethod
  const corpus = on === 'rows' ? [] : await corpusLines(graft.packFolder, content)
  const made = await adaptBackbone(
    {
      ...{ modelFolder, modelHash, cacheFolder, settings: pretrainMethod },
      ...{ texts: on === 'corpus' ? corpus : [...corpus, ...rowTexts], terms: packTerms(content) },
      ...{ maxLength: graft.maxLength, seed: graft.seed, precision: graft.precision },
    },
    whileAdapting,
  )
  return {
    ...{ modelFolder: made.folder, modelHash: made.hash },
    ...{ vocabulary, pretrain: made.summary },
  }
}

/** What a pack names of its field: vocabulary, words and phrases of lexicons, heads of triples. */
export function packTerms(content: PackContent): readonly string[] {
  const worded = content.lexicons.filter(({ match }) => match === 'word' || match === 'phrase')
  return [
    ...new Set([
      ...content.vocabulary,
      ...worded.flatMap(({ entries }) => entries.map(({ term }) => term)),
      ...content.triples.map(({ head }) => head),
    ]),
  ]
}

async function corpusLines(folder: string, content: PackContent): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { file } of content.corpus) {
    for await (const text of corpusTexts(join(folder, file))) lines.push(text)
  }
  return lines
}

/** What was done to a model, for its log: one sentence a method. */
export function describeGraft({ vocabulary, pretrain }: GraftedBackbone): readonly string[] {
  const sentences: string[] = []
  if (vocabulary !== null) {
    sentences.push(
      `${vocabulary.added} terms of the pack became tokens of their own; ${vocabulary.leftOut} were tokens already, or too many.`,
    )
  }
  if (pretrain !== null) {
    const { lossBefore, lossAfter, heldOutTexts, texts, steps } = pretrain
    const head = pretrain.newHead ? ' The model had no language head, so one was made.' : ''
    sentences.push(
      `Masked language modelling on ${texts - heldOutTexts} texts, ${steps} steps: the loss on ${heldOutTexts} held-out texts went from ${lossBefore.toFixed(3)} to ${lossAfter.toFixed(3)}.${head}`,
    )
  }
  return sentences
}
