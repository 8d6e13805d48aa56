import { toErrorPayload } from '@shared/errors'
import type { RpcMessage } from '@shared/rpc'
import type { Channel } from '../platform/channel'
import type { Engine } from './engine'

interface Request {
  readonly id: number
  readonly procedure: string
  readonly input: unknown
}

const isRequest = (message: unknown): message is Request =>
  typeof message === 'object' &&
  message !== null &&
  'id' in message &&
  typeof message.id === 'number' &&
  'procedure' in message &&
  typeof message.procedure === 'string'

/** Serves calls that come over a channel and sends it every event, until it closes. */
export function serveEngine(engine: Engine, channel: Channel): void {
  const send = (message: RpcMessage): void => channel.send(message)
  const unsubscribe = engine.subscribe(send)
  channel.onClose(unsubscribe)
  channel.onMessage((message) => {
    if (!isRequest(message)) return
    const { id, procedure } = message
    const input = 'input' in message ? message.input : undefined
    engine.call(procedure, input).then(
      (result) => send({ type: 'result', id, result: result ?? null }),
      (error: unknown) => send({ type: 'error', id, error: toErrorPayload(error) }),
    )
  })
}
