import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { toErrorPayload } from '@shared/errors'
import type { RpcMessage } from '@shared/rpc'
import { readRpcRequest } from '@shared/rpc'
import type { EngineClient } from '../../platform/engine-client'
import { createRateLimit } from './rate'

/** Longest message in either direction, in bytes. */
const frameLimit = 64 * 1024 * 1024
/** A reader that is this far behind is cut off: it reconnects and takes a snapshot. */
const backlogLimit = 128 * 1024 * 1024
const messagesPerSecond = 200
const burst = 2000
const pingEvery = 30_000

export interface RpcSocket {
  /** Takes over a connection whose request was checked already. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** The contract over WebSocket: JSON text frames of RpcRequest one way, RpcMessage the other. */
export function createRpcSocket(engine: EngineClient): RpcSocket {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: frameLimit,
    perMessageDeflate: false,
    clientTracking: true,
  })
  const alive = new WeakSet<WebSocket>()
  const heartbeat = setInterval(() => {
    for (const client of server.clients) {
      if (!alive.has(client)) client.terminate()
      alive.delete(client)
      client.ping()
    }
  }, pingEvery)

  server.on('connection', (client) => {
    alive.add(client)
    client.on('pong', () => alive.add(client))
    serveClient(engine, client)
  })
  return {
    accept: (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client) => {
        server.emit('connection', client, request)
      })
    },
    close: () => {
      clearInterval(heartbeat)
      for (const client of server.clients) client.close(1001, 'Graftbench was closed')
      server.close()
    },
  }
}

function serveClient(engine: EngineClient, client: WebSocket): void {
  const limit = createRateLimit(messagesPerSecond, burst)
  const send = (message: RpcMessage): void => {
    if (client.readyState !== client.OPEN) return
    if (client.bufferedAmount > backlogLimit) client.terminate()
    else client.send(JSON.stringify(message))
  }
  const unsubscribe = engine.subscribe(send)
  client.on('close', unsubscribe)
  client.on('error', () => {
    // An oversized or broken frame: ws itself closes the connection with 1009, 1002 or 1007.
  })
  client.on('message', (data, isBinary) => {
    if (!limit.take()) return client.close(1008, 'Too many messages')
    const request = isBinary ? null : readRpcRequest(parsed(data.toString()))
    if (request === null) return client.close(1007, 'Expected an RpcRequest as JSON text')
    const { id, procedure, input } = request
    engine.forward(procedure, input).then(
      (result) => send({ type: 'result', id, result }),
      (error: unknown) => send({ type: 'error', id, error: toErrorPayload(error) }),
    )
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
