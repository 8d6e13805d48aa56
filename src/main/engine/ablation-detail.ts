import { setImmediate } from 'node:timers/promises'
import type { Ablation, AblationCell, AblationDetail, AblationResult } from '@shared/domain'
import type { ResultCell, ResultQuestion } from '../knowledge/ablation-result'
import { resultInSteps } from '../knowledge/ablation-result'
import { finishInTurns } from '../knowledge/steps'
import { findDataset, listCells } from '../store'
import { fullArm } from './ablation-plan'
import type { OutcomeMemory } from './ablation-rows'
import type { Context } from './context'
import { onAllRows, splitCounts } from './estimate'
import { lowerIsBetter } from './metrics'

/** Rows decide the test only where the metric is the share of them that is right. */
const metricOfRows = 'test.accuracy'

export interface AblationDetails {
  of(ablation: Ablation): Promise<AblationDetail>
}

/** Ablations with their cells and results; the last result is kept until a cell is added to it. */
export function createAblationDetails(context: Context, outcomes: OutcomeMemory): AblationDetails {
  let last: { readonly key: string; readonly result: Promise<AblationResult> } | null = null
  return {
    of: async (ablation) => {
      const cells = listCells(context.db, ablation)
      const key = JSON.stringify([ablation.id, cells.map(({ run, value }) => [run, value])])
      if (last?.key !== key) {
        const result = compute(context, ablation, cells, outcomes)
        result.catch(() => {
          if (last?.result === result) last = null
        })
        last = { key, result }
      }
      return { ablation, cells, result: await last.result }
    },
  }
}

/** Hundreds of runs take seconds: whatever else is asked of the engine is answered in between. */
async function compute(
  context: Context,
  ablation: Ablation,
  cells: readonly AblationCell[],
  outcomes: OutcomeMemory,
): Promise<AblationResult> {
  const found = await finishedCells(ablation, cells, outcomes)
  const steps = resultInSteps(found, questionOf(context, ablation, cells))
  return finishInTurns(steps, () => setImmediate())
}

async function finishedCells(
  { metric }: Ablation,
  cells: readonly AblationCell[],
  outcomes: OutcomeMemory,
): Promise<readonly ResultCell[]> {
  const found: ResultCell[] = []
  for (const { arm, labels, seed, run, value } of cells) {
    if (value === null) continue
    const rows = metric === metricOfRows ? await outcomes.of(run) : null
    found.push({ arm, labels, seed, value, outcomes: rows })
  }
  return found
}

/** Each arm against `none`, each left-out piece against the arm that has it. */
function questionOf(
  context: Context,
  { arms, metric, recipe, dataset }: Ablation,
  cells: readonly AblationCell[],
): ResultQuestion {
  const withKnowledge = arms.filter((arm) => arm !== 'none')
  const full = fullArm(arms)
  const names = new Set(cells.map(({ arm }) => arm))
  const leftOut = [...names].filter((name) => !arms.some((arm) => arm === name))
  const rows = findDataset(context.db, dataset)
  return {
    metric,
    lowerIsBetter: lowerIsBetter(metric),
    arms: [...arms, ...leftOut],
    pairs: [
      ...(arms.includes('none') ? withKnowledge : []).map((arm) => [arm, 'none'] as const),
      ...(full === null ? [] : leftOut).map((name) => [name, full ?? ''] as const),
    ],
    efficiencyOf: withKnowledge,
    allLabels: rows === null ? 0 : splitCounts(onAllRows(recipe), rows).train,
  }
}
