import { resolve } from 'node:path'
import type { EngineClient } from '../../platform/engine-client'
import type { EngineConnection } from '../../platform/engine-connection'
import { expandHome } from '../../platform/paths'
import type { HostOptions } from '../connect'
import { connectEngine } from '../connect'
import type { Output } from './output'

/** What every command gets. */
export interface Session {
  readonly host: HostOptions
  readonly workspace: string | undefined
  readonly output: Output
  /** The engine, started on first use. */
  engine(): Promise<EngineClient>
  /** Runs `onInterrupt` at the first Ctrl-C instead of ending at once; returns the way back. */
  catchInterrupt(onInterrupt: () => void): () => void
  close(): Promise<void>
}

export function createSession(
  host: HostOptions,
  workspace: string | undefined,
  output: Output,
): Session {
  let connection: Promise<EngineConnection> | undefined
  const connect = (): Promise<EngineConnection> => {
    connection ??= connectEngine(host.entries, workspace)
    return connection
  }
  return {
    host,
    workspace,
    output,
    engine: async () => (await connect()).client,
    catchInterrupt,
    close: async () => {
      const open = await connection?.catch(() => undefined)
      await open?.close()
    },
  }
}

/**
 * A terminal sends Ctrl-C to every process of its group and a launcher may pass it on: signals
 * that come within this time are one.
 */
const sameSignal = 1000

function catchInterrupt(onInterrupt: () => void): () => void {
  let first: number | undefined
  const onSignal = (): void => {
    if (first === undefined) {
      first = Date.now()
      onInterrupt()
    } else if (Date.now() - first > sameSignal) {
      process.exit(130)
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}

/** A path as it was typed, for an engine whose current folder is another. */
export const typedPath = (path: string): string => resolve(expandHome(path))
