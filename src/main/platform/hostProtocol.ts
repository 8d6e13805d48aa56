import type { ErrorPayload } from '@shared/errors'

/**
 * What the engine process and the process that started it say to each other besides rpc.ts, over
 * the same channel. Message types of the two do not overlap.
 *
 * Engine → host. A trainer is asked for only when the engine is a utility process of Electron.
 */
export type EngineToHost =
  /** The engine serves calls from now on; `socket` is where further clients connect. */
  | { readonly type: 'ready'; readonly workspace: string; readonly socket: string }
  /** The engine could not start (workspace.locked, workspace.newer, …); it exits with code 1. */
  | { readonly type: 'failed'; readonly error: ErrorPayload }
  /**
   * Fork `out/main/trainer.cjs` with these additions to the environment, hand it one end of a
   * MessageChannel in its first message, and answer `trainer.started` with the other end.
   */
  | {
      readonly type: 'trainer.start'
      readonly id: number
      readonly environment: Readonly<Record<string, string>>
    }
  /** Every trainer was stopped and the database closed; the engine exits with code 0. */
  | { readonly type: 'closed' }

/** Host → engine. */
export type HostToEngine =
  /** A further front: `ports[0]` carries rpc.ts. */
  | { readonly type: 'client' }
  /** `ports[0]` is the trainer's channel. */
  | { readonly type: 'trainer.started'; readonly id: number; readonly pid: number }
  /** `stderr`: the last 8 KiB that the trainer wrote. */
  | {
      readonly type: 'trainer.exited'
      readonly id: number
      readonly code: number | null
      readonly signal: string | null
      readonly stderr: string
    }
  /** Stop trainers with a checkpoint, close the database, answer `closed` and exit. */
  | { readonly type: 'shutdown' }

const hostTypes: readonly string[] = ['client', 'trainer.started', 'trainer.exited', 'shutdown']
const engineTypes: readonly string[] = ['ready', 'failed', 'trainer.start', 'closed']

const typeOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'type' in message ? String(message.type) : ''

export const isHostToEngine = (message: unknown): message is HostToEngine =>
  hostTypes.includes(typeOf(message))

export const isEngineToHost = (message: unknown): message is EngineToHost =>
  engineTypes.includes(typeOf(message))
