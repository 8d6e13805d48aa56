import type { ProcedureName } from '@shared/contract'
import { GraftError, toErrorPayload } from '@shared/errors'
import { openStore } from '../store'
import type { Context } from './context'
import { createEventBus } from './events'
import type { EventListener } from './events'
import { dispatch } from './handlers'
import type { Launcher } from './launcher'
import { takeLock } from './lock'
import type { PredictorOptions } from './predictors'
import { defaultPredictorOptions } from './predictors'
import type { QueueOptions } from './queue'
import { defaultQueueOptions } from './queue'
import type { RecoveryOptions } from './recovery'
import { clearAfterCrash, defaultRecoveryOptions } from './recovery'
import { createServices } from './services'
import { prepareWorkspace } from './workspace'

export interface EngineOptions {
  /** Folder of the workspace; made when it is missing. */
  readonly workspace: string
  readonly launcher: Launcher
  /** Version of Graftbench, written into every run. */
  readonly version: string
  /** Downloads that every workspace shares. */
  readonly cacheFolder: string
  readonly queue?: QueueOptions
  readonly predictors?: PredictorOptions
  readonly recovery?: RecoveryOptions
}

export interface Engine {
  readonly workspace: string
  /** Where further clients connect. */
  readonly socket: string
  /** What a person should know of the start, such as a backup that was restored. */
  readonly notice: string | null
  /**
   * Resolves when runs of an engine that died are put right. Before, calls are answered, except
   * those that change a run or an ablation.
   */
  readonly recovered: Promise<void>
  /** Runs a procedure of the contract; the input is checked first. Throws GraftError. */
  call(procedure: string, input: unknown): Promise<unknown>
  /** Every event from now on, after it was committed; returns the way out. */
  subscribe(listener: EventListener): () => void
  /** Stops trainers with a checkpoint, then closes the database and gives the workspace free. */
  close(): Promise<void>
}

/** Procedures whose answer hangs on whether a run still goes. */
const needsTrueState: ReadonlySet<string> = new Set<ProcedureName>([
  'runs.pause',
  'runs.stop',
  'runs.resume',
  'runs.extend',
  'runs.delete',
  'ablations.stop',
  'ablations.resume',
  'ablations.extend',
  'ablations.delete',
])

/**
 * Opens a workspace. Throws workspace.locked (another engine has it), workspace.newer and
 * workspace.damaged.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const workspace = prepareWorkspace(options.workspace)
  const lock = takeLock(workspace.lock, workspace.root)
  try {
    const store = openStore({ file: workspace.database, backups: workspace.backups })
    const events = createEventBus()
    const context: Context = {
      db: store.db,
      workspace,
      events,
      launcher: options.launcher,
      version: options.version,
      sqlite: store.sqlite,
      cacheFolder: options.cacheFolder,
      now: Date.now,
    }
    const recovery = options.recovery ?? defaultRecoveryOptions
    await clearAfterCrash(context, recovery)
    const services = createServices(context, {
      queue: options.queue ?? defaultQueueOptions,
      predictors: options.predictors ?? defaultPredictorOptions,
      recovery,
    })
    services.recovered.catch((error: unknown) => {
      events.publish('engine.failed', { error: toErrorPayload(error), job: null })
    })
    // A trainer of the engine before may still be saving: what it ends with decides these.
    const answer = async (procedure: string, input: unknown): Promise<unknown> => {
      if (needsTrueState.has(procedure)) await services.recovered.catch(() => undefined)
      return dispatch(services.handlers, procedure, input)
    }
    let closing: Promise<void> | null = null
    const close = async (): Promise<void> => {
      await services.close()
      store.close()
      lock.release()
    }
    return {
      workspace: workspace.root,
      socket: workspace.socket,
      notice: store.notice,
      recovered: services.recovered,
      call: (procedure, input) =>
        closing === null
          ? answer(procedure, input)
          : Promise.reject(new GraftError('engine.unavailable', 'Graftbench is closing.')),
      subscribe: events.subscribe,
      close: () => (closing ??= close()),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
