import type { GraftbenchBridge } from '@shared/bridge'
import type { RpcMessage, RpcRequest } from '@shared/rpc'

export type Connection = 'connecting' | 'open' | 'lost'

/** The way to the engine: the window's bridge, or a WebSocket of the page's own host. */
export interface Transport {
  send(request: RpcRequest): void
  onMessage(listener: (message: RpcMessage) => void): void
  onConnection(listener: (connection: Connection) => void): void
}

declare global {
  interface Window {
    readonly graftbench?: GraftbenchBridge
  }
}

export const bridge = (): GraftbenchBridge | null =>
  typeof window === 'undefined' ? null : (window.graftbench ?? null)

export function createTransport(): Transport {
  const electron = bridge()
  return electron === null ? webSocketTransport(socketUrl()) : bridgeTransport(electron)
}

function bridgeTransport(electron: GraftbenchBridge): Transport {
  return {
    send: (request) => {
      electron.request(request)
    },
    onMessage: (listener) => {
      electron.onMessage(listener)
    },
    onConnection: (listener) => {
      listener('open')
    },
  }
}

function socketUrl(): string {
  const url = new URL('/rpc', window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  return url.href
}

const firstDelay = 250
const longestDelay = 8000

/** Connects again with a growing delay; what was asked while it is away waits. */
function webSocketTransport(url: string): Transport {
  const messages: ((message: RpcMessage) => void)[] = []
  const connections: ((connection: Connection) => void)[] = []
  let waiting: RpcRequest[] = []
  let delay = firstDelay
  let socket = connect()

  function connect(): WebSocket {
    const made = new WebSocket(url)
    made.onopen = () => {
      delay = firstDelay
      for (const listener of connections) listener('open')
      for (const request of waiting) made.send(JSON.stringify(request))
      waiting = []
    }
    made.onmessage = ({ data }) => {
      if (typeof data !== 'string') return
      const message = JSON.parse(data) as RpcMessage
      for (const listener of messages) listener(message)
    }
    made.onclose = () => {
      for (const listener of connections) listener('lost')
      setTimeout(() => {
        socket = connect()
      }, delay)
      delay = Math.min(longestDelay, delay * 2)
    }
    return made
  }

  return {
    send: (request) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request))
      else waiting.push(request)
    },
    onMessage: (listener) => {
      messages.push(listener)
    },
    onConnection: (listener) => {
      connections.push(listener)
      listener(socket.readyState === WebSocket.OPEN ? 'open' : 'connecting')
    },
  }
}
