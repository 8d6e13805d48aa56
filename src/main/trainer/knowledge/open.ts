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
  const compiled = compilePack(content, manifest.labels, choice.labels, choice.without)
  return { content, compiled, scores: compiled.score(rows), choice }
}
