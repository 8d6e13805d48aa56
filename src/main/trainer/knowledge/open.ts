import type { KnowledgeChoice, PackContent } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { requireUsable } from '../../data/pack/problems'
import { readPack } from '../../data/pack/read-pack'
import { compilePack } from '../../knowledge/compile'
import { checkContent } from '../../knowledge/check-content'
import type { RunFolder } from '../manifest'
import type { Prepared } from '../prepare'
import type { Knowledge } from './context'

/**
 * The pack of a run, compiled for its labels, and what it says of every row; undefined without
 * one. Throws pack.invalid and the file codes.
 */
export async function openKnowledge(
  { packFolder, manifest }: RunFolder,
  { rows }: Prepared,
): Promise<Knowledge | undefined> {
  const choice = manifest.recipe.knowledge
  if (packFolder === null || choice === null) return undefined
  const { content, problems } = await readPack(packFolder)
  requireUsable(content.name, [...problems, ...checkContent(content)])
  requirePieces(content, choice.without)
  const compiled = compilePack(content, manifest.labels, choice.labels, choice.without)
  return { content, compiled, scores: compiled.score(rows), choice }
}

/** Throws recipe.invalid for a piece that is to be left out and is not there: nothing would be. */
function requirePieces(
  { name, lexicons, rules }: PackContent,
  without: KnowledgeChoice['without'],
): void {
  const known = new Set<string>([
    ...lexicons.map(({ id }) => `lexicon:${id}`),
    ...rules.map(({ id }) => `rule:${id}`),
  ])
  const unknown = without.find((piece) => !known.has(piece))
  if (unknown === undefined) return
  throw new GraftError(
    'recipe.invalid',
    `knowledge.without: the pack "${name}" has no piece "${unknown}". Pieces are named lexicon:ID or rule:ID, as \`graftbench packs check\` lists them.`,
    { path: 'knowledge.without' },
  )
}
