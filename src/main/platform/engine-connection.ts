import { fromErrorPayload, GraftError } from '@shared/errors'
import type { Channel } from './channel'
import type { EngineClient } from './engine-client'
import { attachEngine } from './engine-client'
import { isEngineToHost } from './hostProtocol'

/** A running engine: one that this process started, or somebody else's that it attached to. */
export interface EngineConnection {
  readonly client: EngineClient
  readonly workspace: string
  readonly own: boolean
  /** What the engine wrote to its standard error last: the reason when it ends by itself. */
  lastOutput(): string
  /** Own engine: stops trainers with a checkpoint and waits for its end. Else only detaches. */
  close(): Promise<void>
}

export type ConnectEngine = () => Promise<EngineConnection>

/** How long an engine may take to open its workspace, in milliseconds. */
const startTimeout = 120_000
/** The last message of a process may arrive shortly after its end was noticed. */
const lastWords = 300

/**
 * Waits until a just started engine serves calls; gives its workspace. Throws what kept the engine
 * from starting (workspace.locked, workspace.newer, …) or engine.unavailable with `lastOutput`.
 */
export function engineReady(channel: Channel, lastOutput: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      const output = lastOutput()
      const message = `The engine ${reason}. ${output}`.trim()
      reject(new GraftError('engine.unavailable', message, { output }))
    }
    const timer = setTimeout(() => fail('did not answer within two minutes'), startTimeout)
    channel.onMessage((message) => {
      if (!isEngineToHost(message)) return
      if (message.type === 'ready') resolve(message.workspace)
      else if (message.type === 'failed') reject(fromErrorPayload(message.error))
      else return
      clearTimeout(timer)
    })
    channel.onClose(() => {
      clearTimeout(timer)
      setTimeout(() => fail('ended before it was ready'), lastWords)
    })
  })
}

const attempts = 20
const pause = 250

/**
 * Starts an engine, or attaches to the one that has the workspace already. Somebody else's engine
 * may be starting or ending at this moment, so both are tried for a few seconds.
 */
export async function startOrAttach(start: ConnectEngine): Promise<EngineConnection> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start()
    } catch (error) {
      const place = lockedBy(error)
      if (place === null) throw error
      const attached = await attachTo(place.socket, place.workspace)
      if (attached !== null) return attached
      if (attempt === attempts) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** The engine that listens on a socket; null where none does. */
export async function attachTo(
  socket: string,
  workspace: string,
): Promise<EngineConnection | null> {
  const client = await attachEngine(socket)
  if (client === null) return null
  const close = (): Promise<void> => {
    client.close()
    return Promise.resolve()
  }
  return { client, workspace, own: false, lastOutput: () => '', close }
}

function lockedBy(error: unknown): { workspace: string; socket: string } | null {
  if (!(error instanceof GraftError) || error.code !== 'workspace.locked') return null
  const workspace = error.details?.['workspace']
  const socket = error.details?.['socket']
  return typeof workspace === 'string' && typeof socket === 'string' ? { workspace, socket } : null
}
