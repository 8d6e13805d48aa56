import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GraftError } from '@shared/errors'
import { childChannel } from './channel'
import { createEngineClient } from './engine-client'
import type { EngineConnection } from './engine-connection'
import { engineReady } from './engine-connection'
import type { HostToEngine } from './hostProtocol'

export interface EngineForkOptions {
  /** Folder of the built entries: `engine.cjs`, `trainer.cjs`. */
  readonly entries: string
  /** Folder of the workspace; null: the default one. */
  readonly workspace: string | null
  /** The Node that runs the engine; by default the running one. */
  readonly node?: string
}

/** How long an engine may take to write checkpoints and close, in milliseconds. */
const closeTimeout = 60_000

/** Forks the engine as a Node process; it starts trainers itself. */
export async function forkEngine(options: EngineForkOptions): Promise<EngineConnection> {
  const entry = join(options.entries, 'engine.cjs')
  if (!existsSync(entry)) {
    throw new GraftError('setup.missing', `${entry} is missing. Run "npm run build" first.`)
  }
  const child = fork(entry, engineArguments(options), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in a terminal reaches the front alone, which decides.
    detached: process.platform !== 'win32',
    ...(options.node !== undefined && { execPath: options.node, execArgv: [] }),
  })
  const stderr = lastText(child)
  const channel = childChannel(child)
  const workspace = await engineReady(channel, stderr)
  return {
    client: createEngineClient(channel),
    workspace,
    own: true,
    lastOutput: stderr,
    close: async () => {
      channel.send({ type: 'shutdown' } satisfies HostToEngine)
      await ended(child)
    },
  }
}

/** The engine's command line. */
export function engineArguments(options: EngineForkOptions): string[] {
  const workspace = options.workspace === null ? [] : ['--workspace', options.workspace]
  return [...workspace, '--trainer', join(options.entries, 'trainer.cjs')]
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), closeTimeout)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** The last 4,000 characters that a process wrote to its standard error. */
export function lastText(child: { readonly stderr: NodeJS.ReadableStream | null }): () => string {
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-4000)
  })
  return () => text.trim()
}
