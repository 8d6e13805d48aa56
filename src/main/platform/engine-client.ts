import { connect } from 'node:net'
import type { EventName, Events, InputOf, ProcedureName, ResultOf } from '@shared/contract'
import { fromErrorPayload, GraftError } from '@shared/errors'
import type { EventMessage, RpcMessage, RpcRequest } from '@shared/rpc'
import type { Channel } from './channel'
import { socketChannel } from './json-lines'

/** The engine as a front sees it, whatever lies between them. */
export interface EngineClient {
  call<P extends ProcedureName>(procedure: P, input: InputOf<P>): Promise<ResultOf<P>>
  /** For fronts that only forward: neither name nor input was checked yet; the engine does. */
  forward(procedure: string, input: unknown): Promise<unknown>
  /** Every event, in the order in which it was committed. */
  subscribe(listener: (event: EventMessage) => void): () => void
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void
  onClose(listener: () => void): void
  close(): void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Calls and events over a channel that speaks rpc.ts; open calls fail when the channel closes. */
export function createEngineClient(channel: Channel): EngineClient {
  const waiting = new Map<number, Waiting>()
  const listeners = new Set<(event: EventMessage) => void>()
  let lastId = 0
  let closed = false

  channel.onMessage((message) => {
    if (!isRpcMessage(message)) return
    if (message.type === 'event') {
      for (const listener of listeners) listener(message)
      return
    }
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.type === 'result') call?.resolve(message.result)
    else call?.reject(fromErrorPayload(message.error))
  })
  channel.onClose(() => {
    closed = true
    for (const call of waiting.values()) call.reject(unavailable())
    waiting.clear()
  })

  const forward = (procedure: string, input: unknown): Promise<unknown> => {
    if (closed) return Promise.reject(unavailable())
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      channel.send({ id, procedure, input } satisfies Omit<RpcRequest, 'procedure'> & {
        procedure: string
      })
    })
  }
  const subscribe = (listener: (event: EventMessage) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    call: <P extends ProcedureName>(procedure: P, input: InputOf<P>) =>
      forward(procedure, input) as Promise<ResultOf<P>>,
    forward,
    subscribe,
    on: <E extends EventName>(event: E, listener: (payload: Events[E]) => void) =>
      subscribe((message) => {
        if (isEvent(message, event)) listener(message.payload)
      }),
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  }
}

/** Attaches to the engine that already has a workspace; null when none listens there. */
export function attachEngine(socketPath: string): Promise<EngineClient | null> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => resolve(createEngineClient(socketChannel(socket))))
    socket.once('error', () => resolve(null))
  })
}

const unavailable = (): GraftError =>
  new GraftError('engine.unavailable', 'The engine ended. Start Graftbench again.')

const isRpcMessage = (message: unknown): message is RpcMessage =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  (message.type === 'result' || message.type === 'error' || message.type === 'event')

/** Whether a message is the event of this name; its payload has the event's type then. */
export const isEvent = <E extends EventName>(
  message: EventMessage,
  event: E,
): message is Extract<EventMessage, { readonly event: E }> & { readonly payload: Events[E] } =>
  message.event === event
