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
  /** Called at once and whenever the connection changes. Returns the way out. */
  onConnection(listener: (connection: Connection) => void): () => void
  /** Called when a lost connection came back: events were missed, so snapshots are read again. */
  onReconnect(listener: () => void): () => void
}

interface Pending {
  readonly resolve: (result: never) => void
  readonly reject: (error: GraftError) => void
}

/** A set of listeners; `add` gives the way out. */
function createListeners<T extends (...args: never[]) => void>() {
  const all = new Set<T>()
  return {
    all,
    add: (listener: T): (() => void) => {
      all.add(listener)
      return () => {
        all.delete(listener)
      }
    },
  }
}

export function createClient(transport: Transport): Client {
  const pending = new Map<number, Pending>()
  const events = new Map<EventName, Set<(payload: never) => void>>()
  const connections = createListeners<(connection: Connection) => void>()
  const reconnects = createListeners<() => void>()
  let nextId = 1
  let connection: Connection = 'connecting'
  let wasLost = false

  transport.onMessage((message: RpcMessage) => {
    if (message.type === 'event') {
      for (const listener of events.get(message.event) ?? []) listener(message.payload as never)
      return
    }
    const call = pending.get(message.id)
    pending.delete(message.id)
    if (message.type === 'result') call?.resolve(message.result as never)
    else call?.reject(fromErrorPayload(message.error))
  })

  transport.onConnection((next) => {
    connection = next
    for (const listener of connections.all) listener(next)
    if (next === 'lost') {
      wasLost = true
      const lost = new GraftError('engine.unavailable', 'The connection to the engine was lost.')
      for (const call of pending.values()) call.reject(lost)
      pending.clear()
    } else if (next === 'open' && wasLost) {
      wasLost = false
      for (const listener of reconnects.all) listener()
    }
  })

  return {
    call: (procedure, input) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        pending.set(id, { resolve, reject })
        transport.send({ id, procedure, input })
      }),
    on: (event, listener) => {
      const set = events.get(event) ?? new Set()
      events.set(event, set)
      set.add(listener as (payload: never) => void)
      return () => {
        set.delete(listener as (payload: never) => void)
      }
    },
    onConnection: (listener) => {
      listener(connection)
      return connections.add(listener)
    },
    onReconnect: reconnects.add,
  }
}
