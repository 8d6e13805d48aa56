import { protocol } from 'electron'

/*
 * Everything in the main process that differs between the current Electron and older ones.
 */

export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Serves a scheme. Electron before 25 has no `protocol.handle`. */
export function serveScheme(scheme: string, answer: (url: string) => Promise<Page>): void {
  if (typeof protocol.handle === 'function') {
    protocol.handle(scheme, async (request) => {
      const { status, headers, body } = await answer(request.url)
      return new Response(new Uint8Array(body), { status, headers })
    })
    return
  }
  protocol.registerBufferProtocol(scheme, (request, respond) => {
    void answer(request.url).then(({ status, headers, body }) =>
      respond({ statusCode: status, headers: { ...headers }, data: body }),
    )
  })
}

/** Whether this Electron's own Node runs the engine: better-sqlite3 needs Node-API 10. */
export function ownNodeRunsEngine(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 14)
}
