import type { EventName, Events, InputOf, ProcedureName, ResultOf } from '@shared/contract'
import { GraftError, toErrorPayload } from '@shared/errors'
import type { EventMessage } from '@shared/rpc'
import { isEvent, type EngineClient } from './engine-client'
import type { ConnectEngine, EngineConnection } from './engine-connection'
import { pauseRuns } from './pause-runs'

/** An engine that is started again when it ends unexpectedly; calls made meanwhile wait. */
export interface SupervisedEngine extends EngineClient {
  readonly workspace: string
  /** Whether the engine ends with this process. */
  readonly own: boolean
  /** Ends the engine for good; runs are paused with a checkpoint. */
  shutdown(): Promise<void>
}

export interface SupervisorOptions {
  /** Waits before each new start, in milliseconds; after the last one it is given up. */
  readonly delays?: readonly number[]
  /** An engine that lived this long counts as healthy: the next crash starts with the first delay. */
  readonly healthyAfter?: number
  readonly log?: (line: string) => void
}

const defaultDelays = [250, 1000, 4000, 15_000] as const

/**
 * Connects and keeps connected. Fronts hear of a crash by `engine.failed`, of the new start by
 * `projects.changed`, `models.changed` and `datasets.changed`. Throws what the first start throws.
 */
export async function superviseEngine(
  connect: ConnectEngine,
  options: SupervisorOptions = {},
): Promise<SupervisedEngine> {
  const { delays = defaultDelays, healthyAfter = 60_000, log = () => undefined } = options
  const listeners = new Set<(event: EventMessage) => void>()
  const closeListeners: (() => void)[] = []
  const publish = (event: EventMessage): void => {
    for (const listener of [...listeners]) listener(event)
  }
  let crashes = 0
  let closing = false
  let connection = await connect()
  let current = Promise.resolve(connection)
  watch(connection)

  function watch(found: EngineConnection): void {
    const startedAt = Date.now()
    connection = found
    found.client.subscribe(publish)
    found.client.onClose(() => {
      if (closing) return
      if (Date.now() - startedAt > healthyAfter) crashes = 0
      const output = found.lastOutput()
      if (output !== '') log(output)
      tellFailed('The engine ended unexpectedly; it is being started again.')
      current = restart()
      // Whoever calls hears of a failure; without a call it is told as an event.
      current.catch(() => undefined)
    })
  }

  async function restart(): Promise<EngineConnection> {
    const delay = delays[crashes]
    crashes += 1
    if (delay === undefined) throw giveUp('It ended again and again.')
    await new Promise((resolve) => setTimeout(resolve, delay))
    if (closing) throw giveUp('Graftbench is closing.')
    const found = await connect().catch((error: unknown) => {
      const { message } = toErrorPayload(error)
      tellFailed(`The engine could not be started again: ${message}`)
      return null
    })
    if (found === null) return restart()
    log('the engine was started again')
    watch(found)
    publish({ type: 'event', event: 'projects.changed', payload: {} })
    publish({ type: 'event', event: 'models.changed', payload: {} })
    publish({ type: 'event', event: 'datasets.changed', payload: {} })
    return found
  }

  function giveUp(reason: string): GraftError {
    tellFailed(`The engine is not running. ${reason} Start Graftbench again.`)
    for (const listener of closeListeners) listener()
    return new GraftError('engine.unavailable', `The engine is not running. ${reason}`)
  }

  function tellFailed(message: string): void {
    log(message)
    const error = { code: 'engine.unavailable', message } as const
    publish({ type: 'event', event: 'engine.failed', payload: { error, job: null } })
  }

  const subscribe = (listener: (event: EventMessage) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    get workspace() {
      return connection.workspace
    },
    get own() {
      return connection.own
    },
    call: async <P extends ProcedureName>(procedure: P, input: InputOf<P>): Promise<ResultOf<P>> =>
      (await current).client.call(procedure, input),
    forward: async (procedure, input) => (await current).client.forward(procedure, input),
    subscribe,
    on: <E extends EventName>(event: E, listener: (payload: Events[E]) => void) =>
      subscribe((message) => {
        if (isEvent(message, event)) listener(message.payload)
      }),
    onClose: (listener) => closeListeners.push(listener),
    close: () => connection.client.close(),
    shutdown: async () => {
      closing = true
      if (connection.own) await pauseRuns(connection.client, log)
      await connection.close()
    },
  }
}
