import type { AblationId, KnowledgePack, PieceId, ProjectId, Run, Timestamp } from '@shared/domain'
import { piecesOf } from '../knowledge/pieces-of'
import { sha256Json } from '../platform/hash'
import { insertCell, insertRun, keepRecipe, nextPosition, nextRunNumber } from '../store'
import type { PlannedCell, RecipeWithPack } from './ablation-plan'
import { nameOfCell } from './ablation-plan'
import type { Context } from './context'
import { newRun } from './new-run'
import { loadPack } from './pack-store'
import type { ResolvedRecipe } from './recipes'

/** The pieces of a pack that the recipe has not left out already. */
export async function piecesLeftOut(
  context: Context,
  { hash }: KnowledgePack,
  { knowledge }: RecipeWithPack,
): Promise<readonly PieceId[]> {
  const { content } = await loadPack(context, hash)
  return piecesOf(content).filter((piece) => !knowledge.without.includes(piece))
}

interface CellsToRecord {
  readonly ablation: AblationId
  readonly project: ProjectId
  /** Of the ablation. */
  readonly name: string
  readonly cells: readonly PlannedCell[]
  readonly resolved: ResolvedRecipe
  readonly pack: KnowledgePack
  readonly createdAt: Timestamp
}

/** Records cells of an ablation, as runs at the end of the queue. Within a transaction. */
export function recordCells(
  { db }: Context,
  { ablation, project, name, cells, resolved, pack, createdAt }: CellsToRecord,
): readonly Run[] {
  // Arms that come to the same recipe share its run: it would compute the same again.
  const runs = new Map<string, Run>()
  let position = nextPosition(db)
  for (const cell of cells) {
    const hash = sha256Json(cell.recipe)
    let run = runs.get(hash)
    if (run === undefined) {
      keepRecipe(db, hash, cell.recipe, createdAt)
      run = newRun(
        { ...resolved, recipe: cell.recipe, pack: cell.recipe.knowledge === null ? null : pack },
        {
          project,
          number: nextRunNumber(db),
          name: nameOfCell(name, cell),
          tags: [],
          ablation,
          position,
          createdAt,
        },
      )
      insertRun(db, run, hash)
      runs.set(hash, run)
      position += 1
    }
    insertCell(db, ablation, { ...cell, run: run.id })
  }
  return [...runs.values()]
}
