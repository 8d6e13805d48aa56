import type { EventName, Events, ProcedureName } from './contract'
import type { ErrorPayload } from './errors'

/** Front → engine, over MessagePort, IPC or WebSocket. */
export interface RpcRequest {
  readonly id: number
  readonly procedure: ProcedureName
  readonly input: unknown
}

/** Engine → front. */
export type RpcMessage =
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorPayload }
  | EventMessage

export type EventMessage = {
  [E in EventName]: { readonly type: 'event'; readonly event: E; readonly payload: Events[E] }
}[EventName]
