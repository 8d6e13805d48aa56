import type { WritableDatabase } from '../store'
import type { EventBus } from './events'
import type { Launcher } from './launcher'
import type { Workspace } from './workspace'

/** What every service of the engine works with. */
export interface Context {
  readonly db: WritableDatabase
  readonly workspace: Workspace
  readonly events: EventBus
  readonly launcher: Launcher
  readonly version: string
  readonly sqlite: string
  /** Downloads and wheels that every workspace shares. */
  readonly cacheFolder: string
  readonly now: () => number
}
