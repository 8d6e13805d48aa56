import type { Ablation, RunId } from '@shared/domain'
import { GraftError } from '@shared/errors'
import {
  deleteAblation,
  isStopped,
  listLostCells,
  listRunsOfAblation,
  setRunState,
  setStopped,
  transaction,
} from '../store'
import type { Context } from './context'
import type { RunQueue } from './queue'
import type { RunRemover } from './run-removal'

/**
 * Takes the cells that wait out of the queue, at once, and pauses those that run with a
 * checkpoint. Throws ablation.stateInvalid where nothing waits or runs.
 */
export function stopAblation({ db, events }: Context, queue: RunQueue, ablation: Ablation): void {
  if (ablation.state !== 'running') {
    throw stateInvalid(ablation, 'only a running one can be stopped.')
  }
  const runs = listRunsOfAblation(db, ablation.id)
  const waiting = runs.filter(({ state }) => state.kind === 'queued')
  transaction(db, () => {
    setStopped(db, ablation.id, true)
    for (const run of waiting) setRunState(db, run.id, { kind: 'paused' })
  })
  for (const run of waiting) {
    events.publish('run.changed', { run: { ...run, state: { kind: 'paused' } } })
  }
  for (const { id, state } of runs) {
    if (state.kind === 'starting' || state.kind === 'running') queue.stop(id, 'paused')
  }
}

/**
 * Queues every cell that has not finished; failed ones are tried again. Leaves one that goes on
 * already alone. Throws ablation.stateInvalid where it has finished or is still stopping.
 */
export function resumeAblation({ db }: Context, queue: RunQueue, ablation: Ablation): void {
  if (ablation.state === 'finished') throw stateInvalid(ablation, 'nothing of it is left to run.')
  if (ablation.state === 'running') {
    if (!isStopped(db, ablation.id)) return
    throw stateInvalid(ablation, 'its last run is still stopping; try again in a moment.')
  }
  transaction(db, () => setStopped(db, ablation.id, false))
  const unfinished = listRunsOfAblation(db, ablation.id).filter(
    ({ state }) => state.kind !== 'finished',
  )
  queue.enqueue(unfinished.map(({ id }) => id))
}

/** Queues the cells again that the last engine took with it when it ended. */
export function continueAblations({ db }: Context, queue: RunQueue): void {
  const lost: readonly RunId[] = listLostCells(db)
  if (lost.length > 0) queue.enqueue(lost)
}

/** Deletes ablations that rest, with their runs; gives the bytes that came back. */
export async function removeAblations(
  { db, events }: Context,
  remover: RunRemover,
  ablations: readonly Ablation[],
): Promise<number> {
  if (ablations.length === 0) return 0
  const running = ablations.find(({ state }) => state === 'running')
  if (running !== undefined) throw stateInvalid(running, 'stop it before you delete it.')
  const runs = ablations.flatMap(({ id }) => listRunsOfAblation(db, id))
  const bytes = await remover.remove(runs, () => {
    for (const ablation of ablations) {
      if (listRunsOfAblation(db, ablation.id).length > 0) {
        throw stateInvalid({ ...ablation, state: 'running' }, 'it got further seeds meanwhile.')
      }
      deleteAblation(db, ablation.id)
    }
  })
  events.publish('ablation.deleted', { ablations: ablations.map(({ id }) => id) })
  return bytes
}

const stateInvalid = ({ id, number, state }: Ablation, remedy: string): GraftError =>
  new GraftError('ablation.stateInvalid', `Ablation #${number} is ${state}; ${remedy}`, {
    ablation: id,
    state,
  })
