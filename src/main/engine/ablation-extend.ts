import type { Ablation, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { isStopped, listRunsOfAblation, setSeeds, setStopped, transaction } from '../store'
import { piecesLeftOut, recordCells } from './ablation-cells'
import { requireFeasible, requireKnowledge } from './ablation-checks'
import { resumeAblation } from './ablation-control'
import { planCells } from './ablation-plan'
import type { Context } from './context'
import type { RunQueue } from './queue'
import { resolveRecipe } from './recipes'
import { requireAblation } from './references'

/**
 * Records the cells of an ablation that are missing to so many seeds in all, as runs at the end of
 * the queue, in one transaction; one that was stopped goes on. Throws input.invalid where it has as
 * many, recipe.invalid where its model was deleted, and ablation.stateInvalid while it is stopping.
 */
export async function extendAblation(
  context: Context,
  queue: RunQueue,
  before: Ablation,
  seeds: number,
): Promise<readonly Run[]> {
  const { db } = context
  const { recipe, pack, resolved } = resolveAgain(context, before)
  const pieces = before.leaveOneOut ? await piecesLeftOut(context, pack, recipe) : []
  // No pause from here on: nothing else may come between what it has and what is recorded.
  const ablation = requireAblation(db, before.id)
  const { id, number, project, name, arms, labels, state } = ablation
  if (seeds <= ablation.seeds) {
    throw new GraftError(
      'input.invalid',
      `seeds: ablation #${number} has ${ablation.seeds} already; ask for more in all.`,
      { field: 'seeds' },
    )
  }
  const plan = { recipe, arms, labels, seeds, pieces }
  requireFeasible(plan, 'ablations.extend')
  const cells = planCells(plan).filter(({ seed }) => seed >= ablation.seeds)
  const isStopping = state === 'running' && isStopped(db, id)
  if (state === 'stopped' || isStopping) resumeAblation(context, queue, ablation)
  return transaction(db, () => {
    setStopped(db, id, false)
    setSeeds(db, id, seeds)
    const createdAt = context.now()
    return recordCells(context, { ablation: id, project, name, cells, resolved, pack, createdAt })
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
