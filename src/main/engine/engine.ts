import { openStore } from '../store'
import type { Context } from './context'
import { createEventBus } from './events'
import type { EventListener } from './events'
import type { Handlers } from './handlers'
import { dispatch } from './handlers'
import type { Launcher } from './launcher'
import { takeLock } from './lock'
import { projectHandlers } from './projects'
import { createRunRemover } from './run-removal'
import { systemHandlers } from './system'
import { prepareWorkspace } from './workspace'

export interface EngineOptions {
  /** Folder of the workspace; made when it is missing. */
  readonly workspace: string
  readonly launcher: Launcher
  /** Version of Graftbench, written into every run. */
  readonly version: string
  /** Downloads that every workspace shares. */
  readonly cacheFolder: string
}

export interface Engine {
  readonly workspace: string
  /** Where further clients connect. */
  readonly socket: string
  /** Runs a procedure of the contract; the input is checked first. Throws GraftError. */
  call(procedure: string, input: unknown): Promise<unknown>
  /** Every event from now on, after it was committed; returns the way out. */
  subscribe(listener: EventListener): () => void
  /** Stops trainers with a checkpoint, then closes the database and gives the workspace free. */
  close(): Promise<void>
}

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
    const remover = createRunRemover(context, () => Promise.resolve())
    const handlers = {
      ...systemHandlers(context),
      ...projectHandlers(context, remover),
    } as unknown as Handlers
    return {
      workspace: workspace.root,
      socket: workspace.socket,
      call: (procedure, input) => dispatch(handlers, procedure, input),
      subscribe: events.subscribe,
      close: async () => {
        store.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
