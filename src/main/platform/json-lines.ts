import type { Socket } from 'node:net'
import type { Channel } from './channel'

/** Longest message on a socket. */
const messageLimit = 64 * 1024 * 1024

/**
 * A socket as a channel: one JSON value a line. A line longer than 64 MiB or one that is not JSON
 * ends the connection, because nothing after it can be trusted.
 */
export function socketChannel(socket: Socket, limit = messageLimit): Channel {
  const listeners: ((message: unknown) => void)[] = []
  const early: unknown[] = []
  const closeListeners: (() => void)[] = []
  let parts: Buffer[] = []
  let bytes = 0
  let closed = false

  const deliver = (line: Buffer): void => {
    if (line.length === 0) return
    let message: unknown
    try {
      message = JSON.parse(line.toString('utf8'))
    } catch (error) {
      socket.destroy(new Error('A line is not JSON.', { cause: error }))
      return
    }
    if (listeners.length === 0) early.push(message)
    else for (const listener of listeners) listener(message)
  }

  socket.on('data', (chunk: Buffer) => {
    let from = 0
    while (from < chunk.length && !socket.destroyed) {
      const found = chunk.indexOf(0x0a, from)
      const to = found === -1 ? chunk.length : found
      parts.push(chunk.subarray(from, to))
      bytes += to - from
      if (bytes > limit) {
        socket.destroy(new Error(`A message is longer than ${limit} bytes.`))
        return
      }
      if (found !== -1) {
        deliver(Buffer.concat(parts))
        parts = []
        bytes = 0
      }
      from = to + 1
    }
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    closed = true
    for (const listener of closeListeners) listener()
  })

  return {
    send: (message) => {
      if (!closed && socket.writable) socket.write(`${JSON.stringify(message)}\n`)
    },
    onMessage: (listener) => {
      listeners.push(listener)
      for (const message of early.splice(0)) listener(message)
    },
    onClose: (listener) => {
      if (closed) queueMicrotask(listener)
      else closeListeners.push(listener)
    },
    flush: () =>
      new Promise((resolve) => {
        if (closed || socket.writableLength === 0) resolve()
        else socket.write('', () => resolve())
      }),
    close: () => socket.end(),
  }
}
