import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is refused. The reason is for the person at the machine and tells nothing secret. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 429
  readonly reason: string
}

export interface Guard {
  /** The secret of the printed address. */
  readonly token: string
  /** The Set-Cookie header that lets a browser in which opened the printed address. */
  readonly cookie: string
  /** Whether this is the secret of the printed address. */
  isToken(candidate: string | null): boolean
  /** Host and, where a browser names it, Origin: every request, before anything else. */
  checkPlace(request: IncomingMessage): Refusal | null
  /** Cookie or `Authorization: Bearer`. `changes`: a browser must also name its origin. */
  checkCaller(request: IncomingMessage, changes: boolean): Refusal | null
}

const loopbackHosts: readonly string[] = ['127.0.0.1', 'localhost']

/**
 * Who may speak to a server on loopback. Every program and every web page on the machine can
 * connect to it, so: `Host` must be a loopback name (a rebound DNS name is not), `Origin` must be
 * the server itself, and the caller must know a secret. The port is not compared, so that the
 * server can be reached through an SSH tunnel.
 */
export function createGuard(cookieName: string): Guard {
  const token = randomBytes(32).toString('base64url')
  const session = randomBytes(32).toString('base64url')

  const checkPlace = (request: IncomingMessage): Refusal | null => {
    const { host, origin } = request.headers
    if (host === undefined || !isLoopback(host)) {
      return { status: 403, reason: 'This address is not one of Graftbench.' }
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      return { status: 403, reason: 'Another site may not use Graftbench.' }
    }
    const site = request.headers['sec-fetch-site']
    if (site === 'cross-site' || site === 'same-site') {
      const isVisit = request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate'
      if (!isVisit) return { status: 403, reason: 'Another site may not use Graftbench.' }
    }
    return null
  }

  const checkCaller = (request: IncomingMessage, changes: boolean): Refusal | null => {
    const { authorization, cookie, origin } = request.headers
    if (authorization !== undefined) {
      const bearer = /^Bearer (\S+)$/.exec(authorization)?.[1] ?? null
      return same(bearer, token) ? null : unknownCaller
    }
    if (!same(cookieOf(cookie, cookieName), session)) return unknownCaller
    if (changes && origin === undefined) {
      return { status: 403, reason: 'A browser has to name its origin.' }
    }
    return null
  }

  return {
    token,
    cookie: `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    isToken: (candidate) => same(candidate, token),
    checkPlace,
    checkCaller,
  }
}

const unknownCaller: Refusal = {
  status: 401,
  reason: 'Open the address that "graftbench serve" printed: it lets this browser in.',
}

function isLoopback(host: string): boolean {
  const parts = /^([a-z0-9.]+)(?::\d{1,5})?$/i.exec(host)
  return parts?.[1] !== undefined && loopbackHosts.includes(parts[1].toLowerCase())
}

function cookieOf(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

/** Compares in constant time. */
function same(candidate: string | null, secret: string): boolean {
  if (candidate === null) return false
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(candidate), digest(secret))
}
