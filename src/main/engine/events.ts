import type { EventName, Events } from '@shared/contract'
import type { EventMessage } from '@shared/rpc'

export type EventListener = (event: EventMessage) => void

export interface EventBus {
  publish<E extends EventName>(event: E, payload: Events[E]): void
  subscribe(listener: EventListener): () => void
}

/** Tells every subscriber; whoever publishes has committed before. */
export function createEventBus(): EventBus {
  const listeners = new Set<EventListener>()
  return {
    publish: (event, payload) => {
      const message = { type: 'event', event, payload } as EventMessage
      for (const listener of [...listeners]) listener(message)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
