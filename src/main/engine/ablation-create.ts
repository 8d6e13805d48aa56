import type { ParsedInputOf } from '@shared/contract'
import type { AblationId, ProjectId, Run } from '@shared/domain'
import { sha256Json } from '../platform/hash'
import { insertAblation, keepRecipe, nextAblationNumber, transaction } from '../store'
import { checkRequest, requireFeasible, requireKnowledge } from './ablation-checks'
import type { AblationRequest } from './ablation-checks'
import { piecesLeftOut, recordCells } from './ablation-cells'
import type { PlannedCell, RecipeWithPack } from './ablation-plan'
import { planCells } from './ablation-plan'
import type { Context } from './context'
import { newId } from './ids'
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
  const pieces = request.leaveOneOut ? await piecesLeftOut(context, pack, recipe) : []
  requireFeasible({ ...request, pieces }, 'ablations.create')
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
  const { project, name, request, recipe, resolved, pack } = recorded
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
  return { id, runs: recordCells(context, { ...recorded, ablation: id, createdAt }) }
}
