import type { WebSocket } from 'ws'
import type { Job } from '@shared/domain'
import { GraftError } from '@shared/errors'
import type { Channel } from '../../../src/main/platform/channel'
import type { EngineClient } from '../../../src/main/platform/engine-client'

/** The code with which a call or the job that it started fails. */
export async function outcome(client: EngineClient, started: Promise<Job>): Promise<string> {
  try {
    let job = await started
    while (job.state.kind === 'running') job = await client.call('jobs.get', { job: job.id })
    return job.state.kind === 'failed' ? job.state.error.code : job.state.kind
  } catch (error) {
    return error instanceof GraftError ? error.code : String(error)
  }
}

/** A WebSocket as a channel: JSON text frames. */
export function webSocketChannel(socket: WebSocket): Channel {
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    onMessage: (listener) =>
      void socket.on('message', (data) => listener(JSON.parse(String(data)))),
    onClose: (listener) => void socket.on('close', listener),
    flush: () => Promise.resolve(),
    close: () => socket.close(),
  }
}
