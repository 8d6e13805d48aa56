import { join } from 'node:path'
import { superviseEngine } from '../../platform/engine-supervisor'
import type { HostOptions } from '../connect'
import { connectEngine } from '../connect'
import { createGuard } from './guard'
import { createHttpHost, listenOnLoopback } from './http'
import { removeOldUploads } from './upload'

export interface ServeOptions extends HostOptions {
  readonly workspace: string | undefined
  /** 0: any free port. */
  readonly port: number
  readonly log: (line: string) => void
}

export interface Served {
  /** Opens the workbench in one browser; holds the secret. */
  readonly url: string
  readonly port: number
  readonly workspace: string
  /** Whether runs end with this server: false when another window or server has the workspace. */
  readonly ownsEngine: boolean
  /** Pauses runs with a checkpoint and ends the engine, where it is our own. */
  close(): Promise<void>
}

const uploadLimit = 16 * 1024 ** 3
const week = 7 * 24 * 60 * 60 * 1000

/** Serves a workspace to browsers on this machine. Throws serve.portInUse and what the engine throws. */
export async function serve(options: ServeOptions): Promise<Served> {
  const engine = await superviseEngine(() => connectEngine(options.entries, options.workspace), {
    log: options.log,
  })
  const uploads = join(engine.workspace, 'uploads')
  const guard = createGuard(cookieName(options.port))
  const host = createHttpHost({
    engine,
    guard,
    renderer: options.renderer,
    uploads,
    uploadLimitBytes: uploadLimit,
  })
  try {
    const port = await listenOnLoopback(host.server, options.port)
    await removeOldUploads(uploads, week)
    return {
      url: `http://127.0.0.1:${port}/?token=${guard.token}`,
      port,
      workspace: engine.workspace,
      ownsEngine: engine.own,
      close: async () => {
        await host.close()
        await engine.shutdown()
      },
    }
  } catch (error) {
    await host.close()
    await engine.shutdown()
    throw error
  }
}

/** Cookies are shared between ports of a host: each server has a name of its own. */
const cookieName = (port: number): string =>
  `graftbench-${port === 0 ? Math.random().toString(36).slice(2, 10) : port}`
