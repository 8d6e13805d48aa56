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

/** Bytes of outcomes that are kept, some kilobytes a run: more than an ablation usually has. */
const mostBytes = 256 * 2 ** 20

const bytesOf = (outcomes: RowOutcomes | null): number =>
  outcomes === null ? 0 : outcomes.rows.byteLength + outcomes.right.byteLength

/** Reads the predictions of finished runs, which never change, and keeps what tests need of them. */
export function createOutcomeMemory(context: Context): OutcomeMemory {
  const kept = new Map<RunId, RowOutcomes | null>()
  let bytes = 0
  return {
    of: async (id) => {
      const known = kept.get(id)
      if (known !== undefined) return known
      const run = getRun(context.db, id)
      if (run === null) return null
      const outcomes = await readOutcomes(context, run)
      kept.set(id, outcomes)
      bytes += bytesOf(outcomes)
      for (const [oldest, old] of kept) {
        if (bytes <= mostBytes || oldest === id) break
        kept.delete(oldest)
        bytes -= bytesOf(old)
      }
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
