import type { KnowledgeChoice, PackContent } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { requireUsable } from '../../data/pack/problems'
import { readPack } from '../../data/pack/read-pack'
import { compilePack } from '../../knowledge/compile'
import { piecesOf } from '../../knowledge/pieces-of'
import type { CompiledPack } from '../../knowledge/types'
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
  requireRoom(content.name, rows.length, compiled)
  return { content, compiled, scores: compiled.score(rows), choice }
}

/** Throws recipe.invalid for a piece that is to be left out and is not there: nothing would be. */
function requirePieces(content: PackContent, without: KnowledgeChoice['without']): void {
  const known = new Set<string>(piecesOf(content))
  const unknown = without.find((piece) => !known.has(piece))
  if (unknown === undefined) return
  throw new GraftError(
    'recipe.invalid',
    `knowledge.without: the pack "${content.name}" has no piece "${unknown}". Pieces are named lexicon:ID or rule:ID, as \`graftbench packs check\` lists them.`,
    { path: 'knowledge.without' },
  )
}

/** Bytes that the scores of all rows may take. */
const mostScoreBytes = 4 * 2 ** 30

/** Throws recipe.invalid where the scores of so many rows and pieces would not fit into memory. */
export function requireRoom(
  pack: string,
  rows: number,
  { pieces, labels }: Pick<CompiledPack, 'pieces' | 'labels'>,
): void {
  const bytes = rows * pieces.length * (4 * labels.length + 2)
  if (bytes <= mostScoreBytes) return
  throw new GraftError(
    'recipe.invalid',
    `knowledge: the scores of ${pieces.length} pieces of "${pack}" for ${rows} rows and ${labels.length} labels would take ${Math.ceil(bytes / 2 ** 30)} GiB, ${mostScoreBytes / 2 ** 30} are the most. Put words into a lexicon instead of rules, leave pieces out (knowledge.without), or use fewer rows.`,
    { path: 'knowledge' },
  )
}
