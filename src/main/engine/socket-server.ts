import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { socketChannel } from '../platform/json-lines'
import type { Engine } from './engine'
import { serveEngine } from './rpc-server'

export interface SocketServer {
  close(): Promise<void>
}

/** Lets further clients of this user in: a Unix socket with mode 0600, a named pipe on Windows. */
export function listenOnSocket(engine: Engine): Promise<SocketServer> {
  const path = engine.socket
  const isFile = process.platform !== 'win32'
  if (isFile) rmSync(path, { force: true })
  const open = new Set<{ destroy(): void }>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    serveEngine(engine, socketChannel(socket))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const before = process.umask(0o177)
    server.listen(path, () => {
      if (isFile) chmodSync(path, 0o600)
      resolve({
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            for (const socket of open) socket.destroy()
          }),
      })
    })
    process.umask(before)
  })
}
