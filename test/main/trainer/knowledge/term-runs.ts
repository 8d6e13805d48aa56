import type { PackContent } from '../../../../src/shared/domain'
import { recipeSchema } from '../../../../src/shared/domain/recipe'
import type { TrainingMethod } from '../../../../src/shared/domain/knowledge'
import { trainingMethodSchema } from '../../../../src/shared/domain/knowledge'
import { compilePack } from '../../../../src/main/knowledge/compile'
import type { Knowledge } from '../../../../src/main/trainer/knowledge/context'
import type { SoftLabels } from '../../../../src/main/trainer/knowledge/soft-labels'
import { createModel } from '../../../../src/main/trainer/model'
import type { CreateTrainee, TraineeParts } from '../../../../src/main/trainer/setup'

export const emptyPack: PackContent = {
  ...{ name: 'p', version: 1, language: 'en', labels: [], description: '', licence: null },
  ...{ sources: [], lexicons: [], rules: [], triples: [], vocabulary: [], priors: null },
  ...{ rationales: [], invariances: null, corpus: [] },
}

/** A rule that fires where a word stands. */
export const wordRule = (word: string, label: string, confidence = 0.95) => ({
  ...{ id: word, label, confidence, hard: false, note: '' },
  when: { kind: 'contains', term: word, match: 'word' } as const,
})

export const method = (value: unknown): TrainingMethod => trainingMethodSchema.parse(value)

const choice = recipeSchema.parse({
  model: 'm',
  data: { dataset: 'd' },
  knowledge: { pack: 'p' },
}).knowledge

/** A pack made ready for rows, as a run does it. */
export function knowledgeOf(
  content: PackContent,
  labels: readonly string[],
  rows: Parameters<Knowledge['compiled']['score']>[0],
): Knowledge {
  if (choice === null) throw new RangeError('The recipe has knowledge.')
  const compiled = compilePack(content, labels, {})
  return { content, compiled, scores: compiled.score(rows), choice }
}

export interface Chosen {
  readonly pack: Partial<PackContent>
  readonly methods: readonly unknown[]
  readonly weak?: (parts: TraineeParts) => SoftLabels
}

/** The model of a run whose training these methods change. */
export const withTerms =
  ({ pack, methods, weak }: Chosen): CreateTrainee =>
  (parts) => {
    const { labels } = parts.folder.manifest
    const knowledge = knowledgeOf({ ...emptyPack, ...pack }, labels, parts.data.rows)
    const training = { knowledge, methods: methods.map(method), weak: weak?.(parts) }
    return createModel({ ...parts, training })
  }
