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

/**
 * A message that came over a border, as a call; null for anything else. Name and input of the call
 * are checked by the engine.
 */
export function readRpcRequest(
  message: unknown,
): { readonly id: number; readonly procedure: string; readonly input: unknown } | null {
  if (typeof message !== 'object' || message === null) return null
  const id = 'id' in message ? message.id : undefined
  const procedure = 'procedure' in message ? message.procedure : undefined
  const input = 'input' in message ? message.input : undefined
  const isCall = typeof id === 'number' && Number.isSafeInteger(id) && typeof procedure === 'string'
  return isCall ? { id, procedure, input } : null
}
