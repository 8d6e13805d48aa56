import type { Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { deleteRun, deleteUnusedRecipes, getRun, transaction } from '../store'
import type { Context } from './context'
import { removeContentFolder } from './deletion'
import { runFolder } from './run-folder'

export interface RunRemover {
  /**
   * Deletes runs with their folders; returns the bytes that came back. `also` deletes what goes with
   * them, in the same transaction. Throws run.stateInvalid.
   */
  remove(runs: readonly Run[], also?: () => void): Promise<number>
}

const active: readonly Run['state']['kind'][] = ['starting', 'running', 'stopping']

/** `beforeRemoval`: ends what still reads a run's folder, such as a warm predictor. */
export function createRunRemover(
  context: Context,
  beforeRemoval: (run: Run) => Promise<void>,
): RunRemover {
  return {
    remove: async (runs, also) => {
      for (const run of runs) requireIdle(getRun(context.db, run.id) ?? run)
      for (const run of runs) await beforeRemoval(run)
      transaction(context.db, () => {
        for (const run of runs) {
          const now = getRun(context.db, run.id)
          if (now !== null) requireIdle(now)
          deleteRun(context.db, run.id)
        }
        also?.()
        deleteUnusedRecipes(context.db)
      })
      if (runs.length === 0) return 0
      context.events.publish('run.deleted', { runs: runs.map((run) => run.id) })
      let bytes = 0
      for (const run of runs)
        bytes += await removeContentFolder(runFolder(context.workspace, run.id))
      return bytes
    },
  }
}

function requireIdle(run: Run): void {
  if (!active.includes(run.state.kind)) return
  throw new GraftError(
    'run.stateInvalid',
    `Run #${run.number} is ${run.state.kind}; stop it before you delete it.`,
    { run: run.id, state: run.state.kind },
  )
}
