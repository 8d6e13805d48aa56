import type { Run, RunId } from '@shared/domain'
import { GraftError } from '@shared/errors'
import type { ErrorCode } from '@shared/errors'
import type { RowOutcomes } from '../knowledge/ablation-result'
import { getRun } from '../store'
import type { Context } from './context'
import { readPredictions } from './disagreements'

export interface OutcomeMemory {
  /** Which test rows a finished run got right; null where its predictions cannot be read. */
  of(run: RunId): Promise<RowOutcomes | null>
}

/** Runs whose outcomes are kept, some kilobytes each: more than an ablation usually has. */
const mostKept = 2000

/** Reads the predictions of finished runs, which never change, and keeps what tests need of them. */
export function createOutcomeMemory(context: Context): OutcomeMemory {
  const kept = new Map<RunId, RowOutcomes | null>()
  return {
    of: async (id) => {
      const known = kept.get(id)
      if (known !== undefined) return known
      const run = getRun(context.db, id)
      if (run === null) return null
      const outcomes = await readOutcomes(context, run)
      const [oldest] = kept.keys()
      if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest)
      kept.set(id, outcomes)
      return outcomes
    },
  }
}

/** What readPredictions throws where a file is missing or damaged. */
const expected: readonly ErrorCode[] = ['run.stateInvalid', 'data.format', 'file.notFound']

async function readOutcomes(context: Context, run: Run): Promise<RowOutcomes | null> {
  try {
    const predictions = [...(await readPredictions(context, run, 'single-label'))]
    return {
      rows: Int32Array.from(predictions, ([row]) => row),
      right: Uint8Array.from(predictions, ([, each]) => (each.predicted === each.label ? 1 : 0)),
    }
  } catch (error) {
    // Without its rows a run still has its value: the tests are over seeds alone then.
    if (error instanceof GraftError && expected.includes(error.code)) return null
    throw error
  }
}
