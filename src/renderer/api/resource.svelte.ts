import { untrack } from 'svelte'
import type { EventName } from '@shared/contract'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from './client'

/** What a screen shows: nothing yet, a value, or an error (with the last good value beside it). */
export interface Resource<T> {
  readonly value: T | undefined
  readonly error: ErrorPayload | null
  readonly loading: boolean
  reload(): Promise<void>
  /** Replaces the value, for an answer or an event that already carries the new one. */
  set(value: T): void
}

/** Stored while loading; an answer that was overtaken by a newer question is dropped. */
class Loader<T> implements Resource<T> {
  value = $state.raw<T | undefined>(undefined)
  error = $state.raw<ErrorPayload | null>(null)
  loading = $state(true)
  #load: () => Promise<T>
  #asked = 0

  constructor(load: () => Promise<T>) {
    this.#load = load
  }

  reload(): Promise<void> {
    return this.follow(this.#load())
  }

  async follow(answer: Promise<T>): Promise<void> {
    const asked = ++this.#asked
    this.loading = true
    try {
      const value = await answer
      if (asked !== this.#asked) return
      this.value = value
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.error = toErrorPayload(error)
    }
    this.loading = false
  }

  set(value: T): void {
    this.#asked++
    this.value = value
    this.error = null
    this.loading = false
  }

  ask(): Promise<T> {
    return this.#load()
  }
}

/** Calls `reload` after the named events, once a burst, and when the connection came back. */
function follow(client: Client, events: readonly EventName[], reload: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(reload, 60)
  }
  const ways = [...events.map((event) => client.on(event, soon)), client.onReconnect(soon)]
  return () => {
    clearTimeout(timer)
    for (const leave of ways) leave()
  }
}

/**
 * Reads once, then again after each of the events and after a lost connection. Made while a
 * component is set up; `load` is asked again when reactive values it read (before its first await)
 * change.
 *
 *     const datasets = resource(() => client.call('datasets.list', {}), ['datasets.changed'])
 */
export function createResource(client: Client) {
  return function resource<T>(
    load: () => Promise<T>,
    events: readonly EventName[] = [],
  ): Resource<T> {
    const loader = new Loader(load)
    $effect(() => {
      const answer = loader.ask()
      untrack(() => void loader.follow(answer))
    })
    $effect(() => follow(client, events, () => void loader.reload()))
    return loader
  }
}

/** As `resource`, for what lives as long as the window: no component, no reactive question. */
export function createLongLived(client: Client) {
  return function longLived<T>(
    load: () => Promise<T>,
    events: readonly EventName[] = [],
  ): Resource<T> {
    const loader = new Loader(load)
    void loader.reload()
    follow(client, events, () => void loader.reload())
    return loader
  }
}
