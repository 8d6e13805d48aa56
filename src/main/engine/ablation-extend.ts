import type { Ablation, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { isStopped, listRunsOfAblation, setSeeds, transaction } from '../store'
import { piecesLeftOut, recordCells } from './ablation-cells'
import { requireFeasible, requireKnowledge } from './ablation-checks'
import { resumeAblation } from './ablation-control'
import { planCells } from './ablation-plan'
import type { Context } from './context'
import type { RunQueue } from './queue'
import { resolveRecipe } from './recipes'

/**
 * Records the cells of an ablation that are missing to so many seeds in all, as runs at the end of
 * the queue, in one transaction; one that was stopped goes on. Throws input.invalid where it has as
 * many, notFound where its model was deleted, and ablation.stateInvalid while it is stopping.
 */
export async function extendAblation(
  context: Context,
  queue: RunQueue,
  ablation: Ablation,
  seeds: number,
): Promise<readonly Run[]> {
  const { db } = context
  const { id, number, project, name, arms, labels, leaveOneOut } = ablation
  if (seeds <= ablation.seeds) {
    throw new GraftError(
      'input.invalid',
      `ablations.extend: seeds: ablation #${number} has ${ablation.seeds} already; ask for more in all.`,
      { field: 'seeds' },
    )
  }
  const { recipe, pack, resolved } = resolveAgain(context, ablation)
  const pieces = leaveOneOut ? await piecesLeftOut(context, pack, recipe) : []
  requireFeasible((arms.length + pieces.length) * labels.length * seeds)
  const cells = planCells({ recipe, arms, labels, seeds, pieces }).filter(
    ({ seed }) => seed >= ablation.seeds,
  )
  if (isStopped(db, id)) resumeAblation(context, queue, ablation)
  return transaction(db, () => {
    setSeeds(db, id, seeds)
    const createdAt = context.now()
    return recordCells(context, {
      ...{ ablation: id, project, name, cells, resolved, pack, createdAt },
    })
  })
}

/** Its recipe, and what that named when it began: names may have changed since. */
function resolveAgain({ db }: Context, { id, recipe, dataset, packHash }: Ablation) {
  const [first] = listRunsOfAblation(db, id)
  const resolved = resolveRecipe(db, {
    ...recipe,
    model: first?.model ?? recipe.model,
    data: { ...recipe.data, dataset },
    knowledge: { ...recipe.knowledge, pack: packHash },
  })
  return { ...requireKnowledge({ ...resolved, recipe }), resolved }
}
