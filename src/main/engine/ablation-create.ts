import type { ParsedInputOf } from '@shared/contract'
import type { AblationId, PieceId, ProjectId, Run } from '@shared/domain'
import { piecesOf } from '../knowledge/pieces-of'
import { sha256Json } from '../platform/hash'
import {
  insertAblation,
  insertCell,
  insertRun,
  keepRecipe,
  nextAblationNumber,
  nextPosition,
  nextRunNumber,
  transaction,
} from '../store'
import { checkRequest, requireFeasible, requireKnowledge } from './ablation-checks'
import type { AblationRequest } from './ablation-checks'
import type { PlannedCell, RecipeWithPack } from './ablation-plan'
import { nameOfCell, planCells } from './ablation-plan'
import type { Context } from './context'
import { newId } from './ids'
import { newRun } from './new-run'
import { loadPack } from './pack-store'
import type { ResolvedRecipe } from './recipes'
import { resolveRecipe } from './recipes'
import { requireProject } from './references'

export interface CreatedAblation {
  readonly id: AblationId
  readonly runs: readonly Run[]
}

/**
 * Records an ablation and all its cells, as runs at the end of the queue, in one transaction.
 * Throws recipe.invalid, input.invalid, notFound.
 */
export async function createAblation(
  context: Context,
  input: ParsedInputOf<'ablations.create'>,
): Promise<CreatedAblation> {
  const { db } = context
  const project = requireProject(db, input.project)
  const resolved = resolveRecipe(db, withoutValidation(input.recipe))
  const { recipe, pack } = requireKnowledge(resolved)
  const request = checkRequest(input, resolved)
  const pieces = request.leaveOneOut ? await piecesLeftOut(context, recipe) : []
  requireFeasible((request.arms.length + pieces.length) * request.labels.length * request.seeds)
  const cells = planCells({ recipe, ...request, pieces })
  const name = input.name ?? `${pack.name} on ${resolved.dataset.name}`
  return transaction(db, () =>
    record(context, { project: project.id, name, request, recipe, cells, resolved, pack }),
  )
}

/**
 * Validation rows are labelled rows that no number of labels counts: an ablation has none unless
 * the recipe asks for them.
 */
function withoutValidation(draft: Readonly<Record<string, unknown>>): unknown {
  const { data } = draft
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return draft
  return { ...draft, data: { validation: 0, ...data } }
}

/** The pieces that the recipe has not left out already. */
async function piecesLeftOut(
  context: Context,
  { knowledge }: RecipeWithPack,
): Promise<readonly PieceId[]> {
  const { content } = await loadPack(context, knowledge.pack)
  return piecesOf(content).filter((piece) => !knowledge.without.includes(piece))
}

interface Recorded {
  readonly project: ProjectId
  readonly name: string
  readonly request: AblationRequest
  readonly recipe: RecipeWithPack
  readonly cells: readonly PlannedCell[]
  readonly resolved: ResolvedRecipe
  readonly pack: NonNullable<ResolvedRecipe['pack']>
}

function record(context: Context, recorded: Recorded): CreatedAblation {
  const { db } = context
  const { project, name, request, recipe, cells, resolved, pack } = recorded
  const createdAt = context.now()
  const id = newId<AblationId>('ablation')
  const recipeHash = sha256Json(recipe)
  keepRecipe(db, recipeHash, recipe, createdAt)
  insertAblation(
    db,
    {
      id,
      number: nextAblationNumber(db),
      name,
      project,
      dataset: resolved.dataset.id,
      datasetName: resolved.dataset.name,
      pack: pack.id,
      packName: pack.name,
      packHash: pack.hash,
      recipe,
      ...request,
      createdAt,
    },
    recipeHash,
  )
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
          ablation: id,
          position,
          createdAt,
        },
      )
      insertRun(db, run, hash)
      runs.set(hash, run)
      position += 1
    }
    insertCell(db, id, { ...cell, run: run.id })
  }
  return { id, runs: [...runs.values()] }
}
