import { mkdir } from 'node:fs/promises'
import type { Run, RunId, RunProgress, RunState } from '@shared/domain'
import { GraftError, toErrorPayload } from '@shared/errors'
import { diskBytes } from '../platform/disk'
import {
  enterQueue,
  findDataset,
  getRun,
  listNextRuns,
  recordRun,
  setRunState,
  setRunTrainer,
  transaction,
} from '../store'
import type { Attempt, StopPatience } from './attempt'
import { followTrainer } from './attempt'
import type { AttemptEnd } from './attempt-end'
import { stateAfter } from './attempt-end'
import { hasCheckpoint, removeCheckpoints } from './checkpoints'
import type { Context } from './context'
import { keepRecipeFile } from './recipe-file'
import { runFolder, writeManifest } from './run-folder'

export interface QueueOptions {
  /** Trainers at a time. */
  readonly trainers: number
  readonly patience: StopPatience
}

export const defaultQueueOptions: QueueOptions = {
  trainers: 1,
  patience: { terminateAfterMs: 60_000, killAfterMs: 20_000 },
}

export interface RunQueue {
  /** Queues runs at rest, see enterQueue; the first free trainer takes the first of the queue. */
  enqueue(runs: readonly RunId[]): void
  /** Ends a queued or running run; a running one keeps a checkpoint. Throws run.stateInvalid. */
  stop(run: RunId, to: 'paused' | 'stopped'): void
  progressOf(run: RunId): RunProgress | null
  /** Starts what can be started. */
  advance(): void
  /** Ends every trainer with a checkpoint; resolves when all that they told is committed. */
  close(): Promise<void>
}

/** The only place where a run's state changes because of a trainer. */
export function createQueue(context: Context, options: QueueOptions): RunQueue {
  const { db, events } = context
  const active = new Map<RunId, Attempt | null>()
  const endings = new Set<Promise<void>>()
  let closing = false

  const publish = (id: RunId): void => {
    const run = getRun(db, id)
    if (run !== null) {
      events.publish('run.changed', { run: { ...run, progress: progressOf(id) } })
    }
  }
  const setState = (id: RunId, state: RunState): void => {
    transaction(db, () => setRunState(db, id, state))
    publish(id)
  }
  const progressOf = (id: RunId): RunProgress | null => active.get(id)?.progress() ?? null

  const advance = (): void => {
    if (closing) return
    for (const run of listNextRuns(db, options.trainers + active.size)) {
      if (active.size >= options.trainers) return
      if (active.has(run.id)) continue
      active.set(run.id, null)
      const ending = work(run)
        .catch((error: unknown) => {
          events.publish('engine.failed', { error: toErrorPayload(error), job: null })
        })
        .finally(() => {
          endings.delete(ending)
          active.delete(run.id)
          publish(run.id)
          advance()
        })
      endings.add(ending)
    }
  }

  /** One attempt at a run, from the queue to its next resting state. */
  const work = async (run: Run): Promise<void> => {
    const startedAt = Date.now()
    setState(run.id, { kind: 'starting' })
    let state: RunState
    try {
      state = stateAfter(await attempt(run))
    } catch (error) {
      state = { kind: 'failed', error: toErrorPayload(error) }
    }
    await settle(context, run.id, state, (Date.now() - startedAt) / 1000)
  }

  const attempt = async (run: Run): Promise<AttemptEnd> => {
    await prepareFolder(context, run)
    const trainer = await context.launcher.startTrainer()
    transaction(db, () => setRunTrainer(db, run.id, trainer.pid))
    const attempt = followTrainer(context, run, trainer, options.patience)
    active.set(run.id, attempt)
    const asked = getRun(db, run.id)?.state
    if (asked?.kind === 'stopping') attempt.stop(asked.to)
    if (closing) attempt.abandon()
    return attempt.ended
  }

  return {
    enqueue: (ids) => {
      const moved = transaction(db, () => {
        const runs = ids.map((id) => getRun(db, id)).filter((run) => run !== null)
        return runs.filter(isIdle).flatMap((run) => enterQueue(db, run))
      })
      for (const id of new Set(moved)) publish(id)
      setImmediate(advance)
    },
    stop: (id, to) => {
      const run = getRun(db, id)
      if (run === null) return
      switch (run.state.kind) {
        case 'queued':
          setState(id, { kind: to })
          return
        case 'starting':
        case 'running':
        case 'stopping':
          setState(id, { kind: 'stopping', to })
          active.get(id)?.stop(to)
          return
        case 'paused':
        case 'interrupted':
        case 'stopped':
        case 'failed':
        case 'finished':
          throw new GraftError(
            'run.stateInvalid',
            `Run #${run.number} is ${run.state.kind}; only a queued or running run can be ${to}.`,
            { run: id, state: run.state.kind },
          )
      }
    },
    progressOf,
    advance,
    close: async () => {
      closing = true
      for (const attempt of active.values()) attempt?.abandon()
      await Promise.all(endings)
    },
  }
}

/** Whether no trainer has the run. */
const isIdle = ({ state }: Run): boolean =>
  state.kind !== 'starting' && state.kind !== 'running' && state.kind !== 'stopping'

async function prepareFolder(context: Context, run: Run): Promise<void> {
  const dataset = findDataset(context.db, run.dataset)
  if (dataset === null) {
    throw new GraftError('notFound', `The dataset of run #${run.number} is gone.`)
  }
  await mkdir(runFolder(context.workspace, run.id), { recursive: true })
  // Not at its creation: an ablation makes hundreds of runs at once.
  if (run.ablation !== null) await keepRecipeFile(context, run)
  await writeManifest(context.workspace, run, dataset.task, context.version)
}

/** Brings a run to rest: its state, whether it can go on, and what it takes on disk. */
export async function settle(
  context: Context,
  id: RunId,
  state: RunState,
  seconds: number,
): Promise<void> {
  const before = getRun(context.db, id)
  if (before === null) return
  if (state.kind === 'finished' && before.recipe.checkpoint.keep === 'none') {
    await removeCheckpoints(context.workspace, before)
  }
  const resumable = state.kind !== 'finished' && (await hasCheckpoint(context.workspace, before))
  const bytes = await diskBytes(runFolder(context.workspace, id))
  transaction(context.db, () => {
    const run = getRun(context.db, id)
    if (run === null) return
    setRunState(context.db, id, state)
    setRunTrainer(context.db, id, null)
    recordRun(context.db, {
      ...run,
      resumable,
      seconds: run.seconds + seconds,
      endedAt: context.now(),
      diskBytes: bytes,
    })
  })
}
