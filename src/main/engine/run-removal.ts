import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { diskBytes } from '../platform/disk'
import { exists } from '../platform/files'
import { deleteRun, deleteUnusedRecipes, getRun, transaction } from '../store'
import type { Context } from './context'
import { runFolder } from './run-folder'

export interface RunRemover {
  /** Deletes runs with their folders; returns the bytes that came back. Throws run.stateInvalid. */
  remove(runs: readonly Run[]): Promise<number>
}

const active: readonly Run['state']['kind'][] = ['starting', 'running', 'stopping']

/** `beforeRemoval`: ends what still reads a run's folder, such as a warm predictor. */
export function createRunRemover(
  context: Context,
  beforeRemoval: (run: Run) => Promise<void>,
): RunRemover {
  return {
    remove: async (runs) => {
      if (runs.length === 0) return 0
      for (const run of runs) requireIdle(getRun(context.db, run.id) ?? run)
      for (const run of runs) await beforeRemoval(run)
      transaction(context.db, () => {
        for (const run of runs) {
          const now = getRun(context.db, run.id)
          if (now !== null) requireIdle(now)
          deleteRun(context.db, run.id)
        }
        deleteUnusedRecipes(context.db)
      })
      context.events.publish('run.deleted', { runs: runs.map((run) => run.id) })
      let bytes = 0
      for (const run of runs) bytes += await removeFolder(context, run)
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

/** Renamed first, so that a folder that goes slowly is never taken for a run. */
async function removeFolder(context: Context, run: Run): Promise<number> {
  const folder = runFolder(context.workspace, run.id)
  if (!(await exists(folder))) return 0
  const bytes = await diskBytes(folder)
  const going = join(context.workspace.runs, `.deleted-${run.id}`)
  await rename(folder, going)
  await rm(going, { recursive: true, force: true })
  return bytes
}
