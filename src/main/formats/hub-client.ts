import { setTimeout as wait } from 'node:timers/promises'
import { GraftError } from '@shared/errors'

export interface HubOptions {
  /** Address of the hub; the default is `HF_ENDPOINT`, or the public one. */
  readonly endpoint?: string | undefined
  /** Access token; the default is `HF_TOKEN`. It is sent to the endpoint's own host alone. */
  readonly token?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a byte after which a connection counts as stalled. */
  readonly idleMs?: number | undefined
  /** Times that a failing request is repeated. */
  readonly retries?: number | undefined
  /** Milliseconds before the first repetition; doubled each time. */
  readonly delayMs?: number | undefined
}

/** A failure that may pass: the request is repeated. */
export class PassingFailure extends Error {
  constructor(
    message: string,
    /** Milliseconds that the server asks to wait. */
    readonly retryAfterMs = 0,
  ) {
    super(message)
  }
}

export interface HubResponse {
  readonly response: Response
  /** Headers of the hub's own answer, before it redirected to another host. */
  readonly first: Headers
  /** The body, ended with PassingFailure when it stalls or is cut. */
  readonly body: AsyncGenerator<Uint8Array, void, undefined>
}

export interface HubClient {
  readonly endpoint: string
  /** One attempt. Throws PassingFailure, hub.notFound, hub.unauthorized, hub.unreachable, cancelled. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<HubResponse>
  /** Repeats `attempt` as long as it fails in passing; then throws what `exhausted` makes of it. */
  withRetries<T>(attempt: () => Promise<T>, exhausted: (reason: string) => GraftError): Promise<T>
}

const mostRedirects = 5
const longestDelayMs = 60_000

/** A client for one hub: redirects, timeouts, repetition, and a token that stays with its host. */
export function createHubClient(options: HubOptions): HubClient {
  const endpoint = (
    options.endpoint ??
    (process.env['HF_ENDPOINT'] || 'https://huggingface.co')
  ).replace(/\/+$/, '')
  const token = options.token ?? process.env['HF_TOKEN'] ?? ''
  const origin = originOf(endpoint)
  const idleMs = options.idleMs ?? 30_000
  const signal = options.signal

  const get: HubClient['get'] = async (path, headers = {}) => {
    let url = new URL(`${endpoint}${path}`)
    let first: Headers | undefined
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const idle = createIdle(idleMs, signal)
      const own = url.origin === origin && token !== ''
      const sent = own ? { ...headers, authorization: `Bearer ${token}` } : headers
      const response = await send(url, sent, idle)
      first ??= response.headers
      const location = response.headers.get('location')
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel()
        idle.stop()
        url = redirected(url, location)
        continue
      }
      if (!response.ok) {
        await response.body?.cancel()
        idle.stop()
        throw statusError(response, url, token !== '')
      }
      return { response, first, body: readBody(response, idle) }
    }
    throw new GraftError('hub.unreachable', `${endpoint} redirects without end.`)
  }

  return {
    endpoint,
    get,
    withRetries: async (attempt, exhausted) => {
      const retries = options.retries ?? 5
      for (let repeated = 0; ; repeated += 1) {
        if (signal?.aborted) throw cancelled()
        try {
          return await attempt()
        } catch (error) {
          if (!(error instanceof PassingFailure)) throw error
          if (repeated >= retries) throw exhausted(error.message)
          const delay = (options.delayMs ?? 500) * 2 ** repeated
          await pause(Math.min(Math.max(delay, error.retryAfterMs), longestDelayMs), signal)
        }
      }
    },
  }
}

const cancelled = (): GraftError => new GraftError('cancelled', 'The download was cancelled.')

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal })
  } catch {
    throw cancelled()
  }
}

function originOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:'))
    return url.origin
  throw new GraftError(
    'input.invalid',
    `The hub's address must start with https:// or http://, it is "${endpoint}". See HF_ENDPOINT.`,
  )
}

function redirected(from: URL, location: string): URL {
  const to = new URL(location, from)
  const safe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')
  if (safe) return to
  throw new GraftError(
    'hub.unreachable',
    `${from.host} redirects to an insecure address, ${to.protocol}//${to.host}.`,
  )
}

interface Idle {
  readonly signal: AbortSignal
  readonly stalled: () => boolean
  readonly cancelled: () => boolean
  readonly restart: () => void
  readonly stop: () => void
}

function createIdle(milliseconds: number, outer: AbortSignal | undefined): Idle {
  const controller = new AbortController()
  let stalled = false
  const expire = (): void => {
    stalled = true
    controller.abort()
  }
  let timer = setTimeout(expire, milliseconds)
  const stop = (): void => clearTimeout(timer)
  return {
    signal: outer === undefined ? controller.signal : AbortSignal.any([controller.signal, outer]),
    stalled: () => stalled,
    cancelled: () => outer?.aborted === true,
    restart: () => {
      clearTimeout(timer)
      timer = setTimeout(expire, milliseconds)
    },
    stop,
  }
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  idle: Idle,
): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { 'accept-encoding': 'identity', 'user-agent': 'graftbench', ...headers },
      redirect: 'manual',
      signal: idle.signal,
    })
  } catch (error) {
    idle.stop()
    throw connectionError(error, url.host, idle)
  }
}

async function* readBody(
  response: Response,
  idle: Idle,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (response.body === null) return
    for await (const chunk of response.body) {
      idle.restart()
      yield chunk
    }
  } catch (error) {
    throw connectionError(error, new URL(response.url).host, idle)
  } finally {
    idle.stop()
  }
}

/** What fetch throws says little; its cause says why. Errors with a code of ours pass. */
function connectionError(error: unknown, host: string, idle: Idle): Error {
  if (error instanceof GraftError || error instanceof PassingFailure) return error
  if (idle.cancelled()) return cancelled()
  if (idle.stalled()) return new PassingFailure(`${host} stopped sending`)
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new PassingFailure(`${host}: ${cause instanceof Error ? cause.message : String(cause)}`)
}

function statusError(response: Response, url: URL, hasToken: boolean): Error {
  const { status } = response
  if (status === 401 || status === 403) {
    const remedy = hasToken
      ? 'The token in HF_TOKEN does not give access to it.'
      : 'If it exists, it needs a token: set HF_TOKEN.'
    return new GraftError('hub.unauthorized', `${url.host} refuses ${url.pathname}. ${remedy}`, {
      status,
    })
  }
  if (status === 404) {
    return new GraftError('hub.notFound', `${url.host} has no ${url.pathname}.`, { status })
  }
  if (status === 408 || status === 416 || status === 429 || status >= 500) {
    const seconds = Number(response.headers.get('retry-after') ?? 0)
    return new PassingFailure(`${url.host} answers ${status}`, (seconds || 0) * 1000)
  }
  return new GraftError('hub.unreachable', `${url.host} answers ${status} for ${url.pathname}.`, {
    status,
  })
}
