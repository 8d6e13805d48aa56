import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { GraftError, toErrorPayload } from '@shared/errors'
import type { EngineClient } from '../../platform/engine-client'
import { systemCodeOf } from '../../platform/files'
import { pageHeaders } from '../../platform/renderer-files'
import { answerError, answerJson, answerText } from './answers'
import { sendDownload } from './download'
import type { Guard, Refusal } from './guard'
import { createRateLimit } from './rate'
import { createRpcSocket } from './rpc-socket'
import { serveStatic } from './static'
import { receiveUpload } from './upload'

export interface HttpOptions {
  readonly engine: EngineClient
  readonly guard: Guard
  /** Folder of the built renderer. */
  readonly renderer: string
  /** The workspace's folder for uploads. */
  readonly uploads: string
  readonly uploadLimitBytes: number
}

export interface HttpHost {
  readonly server: Server
  close(): Promise<void>
}

/**
 * The page, uploads, downloads and the contract at `/rpc`. Nothing is answered before Host,
 * Origin and the secret were checked, and no more than the rate limit allows.
 */
export function createHttpHost(options: HttpOptions): HttpHost {
  const { guard } = options
  const rpc = createRpcSocket(options.engine)
  const requests = createRateLimit(200, 1000)
  const strangers = createRateLimit(5, 20)

  const admit = (request: IncomingMessage, changes: boolean): Refusal | null => {
    if (!requests.take()) return tooMany
    const refusal = guard.checkPlace(request) ?? guard.checkCaller(request, changes)
    return refusal !== null && !strangers.take() ? tooMany : refusal
  }

  const server = createServer((request, response) => {
    answer(request, response, options, admit).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else answerError(response, toErrorPayload(error))
    })
  })
  server.headersTimeout = 20_000
  server.requestTimeout = 0
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = urlOf(request)?.pathname === '/rpc' ? admit(request, true) : notFound
    if (refusal === null) rpc.accept(request, socket, head)
    else refuseUpgrade(socket, refusal)
  })
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    else socket.destroy()
  })
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        rpc.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const tooMany: Refusal = { status: 429, reason: 'Too many requests.' }
const notFound = { status: 404, reason: 'There is nothing here.' } as const

type Admit = (request: IncomingMessage, changes: boolean) => Refusal | null

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
  admit: Admit,
): Promise<void> {
  const url = urlOf(request)
  if (url === null) return answerText(response, 400, 'The address cannot be read.')
  const { method } = request
  if (method === 'GET' && url.pathname === '/' && url.searchParams.has('token')) {
    return letIn(request, response, url, options.guard, admit)
  }
  const refusal = admit(request, method !== 'GET' && method !== 'HEAD')
  if (refusal !== null) return answerText(response, refusal.status, refusal.reason)
  if (url.pathname === '/upload' && method === 'POST') {
    const { uploads: folder, uploadLimitBytes: limitBytes } = options
    return answerJson(
      response,
      200,
      await receiveUpload(request, url.searchParams, { folder, limitBytes }),
    )
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return answerText(response, 405, 'This method is not used here.')
  }
  if (url.pathname === '/download') {
    const path = url.searchParams.get('path') ?? ''
    return sendDownload(response, path, options.uploads, options.engine)
  }
  await serveStatic(options.renderer, url.pathname, request, response)
}

/**
 * The printed address: its token is exchanged for a cookie that scripts cannot read, and leaves
 * the address bar. A page in between makes the next visit one of the same site, which a strict
 * cookie needs when the address was opened from another program's page.
 */
function letIn(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  guard: Guard,
  admit: Admit,
): void {
  const elsewhere = guard.checkPlace(request)
  if (elsewhere !== null) return answerText(response, elsewhere.status, elsewhere.reason)
  if (!guard.isToken(url.searchParams.get('token'))) {
    const refusal = admit(request, false)
    const { status, reason } = refusal ?? { status: 401, reason: 'This address is out of date.' }
    return answerText(response, status, reason)
  }
  const body =
    '<!doctype html><meta charset="utf-8"><title>Graftbench</title><link rel="icon" href="data:,">' +
    '<meta http-equiv="refresh" content="0;url=/"><a href="/">Graftbench</a>\n'
  response.writeHead(200, {
    ...pageHeaders(),
    'Content-Type': 'text/html; charset=utf-8',
    'Set-Cookie': guard.cookie,
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

function urlOf(request: IncomingMessage): URL | null {
  const { url = '' } = request
  return url.startsWith('/') ? URL.parse(`http://127.0.0.1${url}`) : null
}

function refuseUpgrade(
  socket: Duplex,
  refusal: { readonly status: number; readonly reason: string },
): void {
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Connection: close\r\n\r\n${refusal.reason}\n`,
  )
}

/** Listens on 127.0.0.1 and nothing else; gives the port. Throws serve.portInUse. */
export function listenOnLoopback(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = systemCodeOf(error) === 'EADDRINUSE'
      const denied = systemCodeOf(error) === 'EACCES'
      reject(taken || denied ? portRefused(port, taken) : error)
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

const portRefused = (port: number, taken: boolean): GraftError =>
  new GraftError(
    taken ? 'serve.portInUse' : 'input.invalid',
    taken
      ? `Port ${port} is in use by another program. Choose another with --port, or 0 for any free one.`
      : `Port ${port} may not be used by this account. Choose one above 1023 with --port.`,
    { port },
  )
