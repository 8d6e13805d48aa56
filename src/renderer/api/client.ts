import type { EventName, Events, InputOf, ProcedureName, ResultOf } from '@shared/contract'
import { fromErrorPayload, GraftError } from '@shared/errors'
import type { RpcMessage } from '@shared/rpc'
import type { Connection, Transport } from './transport'

type Listener<E extends EventName> = (payload: Events[E]) => void

/** The engine as the interface sees it: typed calls and typed events. */
export interface Client {
  call<P extends ProcedureName>(procedure: P, input: InputOf<P>): Promise<ResultOf<P>>
  /** Returns the way out. */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void
  /** Called at once and whenever the connection changes; a return after a loss means: read again. */
  onConnection(listener: (connection: Connection) => void): void
}

interface Pending {
  readonly resolve: (result: never) => void
  readonly reject: (error: GraftError) => void
}

export function createClient(transport: Transport): Client {
  const pending = new Map<number, Pending>()
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  let nextId = 1

  transport.onMessage((message: RpcMessage) => {
    if (message.type === 'event') {
      for (const listener of listeners.get(message.event) ?? []) listener(message.payload as never)
      return
    }
    const call = pending.get(message.id)
    pending.delete(message.id)
    if (message.type === 'result') call?.resolve(message.result as never)
    else call?.reject(fromErrorPayload(message.error))
  })

  transport.onConnection((connection) => {
    if (connection !== 'lost') return
    const lost = new GraftError('engine.unavailable', 'The connection to the engine was lost.')
    for (const call of pending.values()) call.reject(lost)
    pending.clear()
  })

  return {
    call: (procedure, input) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        pending.set(id, { resolve, reject })
        transport.send({ id, procedure, input })
      }),
    on: (event, listener) => {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set)
      set.add(listener as (payload: never) => void)
      return () => set.delete(listener as (payload: never) => void)
    },
    onConnection: (listener) => {
      transport.onConnection(listener)
    },
  }
}
