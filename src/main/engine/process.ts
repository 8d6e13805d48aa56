import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toErrorPayload } from '@shared/errors'
import type { Channel, PortLike } from '../platform/channel'
import { parentPort, portChannel, portsOf, processChannel } from '../platform/channel'
import type { EngineToHost, HostToEngine } from '../platform/hostProtocol'
import { isHostToEngine } from '../platform/hostProtocol'
import { sharedCacheFolder } from '../platform/paths'
import { graftbenchVersion } from '../platform/version'
import type { Engine } from './engine'
import { createEngine } from './engine'
import type { Launcher } from './launcher'
import { createNodeLauncher } from './launcher-node'
import { createParentLauncher } from './launcher-parent'
import { serveEngine } from './rpc-server'
import { listenOnSocket } from './socket-server'
import { defaultWorkspace } from './workspace'

interface Arguments {
  readonly workspace: string
  readonly cacheFolder: string
  readonly version: string
  readonly trainer: string
}

/** `--workspace DIR --cache DIR --trainer FILE`; each has a default. */
function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      workspace: { type: 'string' },
      cache: { type: 'string' },
      trainer: { type: 'string' },
    },
  })
  return {
    workspace: values.workspace ?? defaultWorkspace(),
    cacheFolder: values.cache ?? sharedCacheFolder(),
    version: graftbenchVersion(),
    trainer: values.trainer ?? join(import.meta.dirname, 'trainer.cjs'),
  }
}

/**
 * The engine as a process of its own, under child_process.fork or Electron's utilityProcess.
 * It serves its parent's channel and the workspace's socket, and ends when its parent does.
 */
export async function runEngineProcess(argv: readonly string[]): Promise<void> {
  const port = parentPort()
  const parent = port === null ? processChannel() : portChannel(port)
  const tell = (message: EngineToHost): void => parent.send(message)
  try {
    const options = readArguments(argv)
    const host = port === null ? null : createParentLauncher(tell, options.cacheFolder)
    const launcher: Launcher = host ?? createNodeLauncher(options.trainer, options.cacheFolder)
    const backlog: HostMessage[] = []
    let take = (message: HostMessage): void => void backlog.push(message)
    if (port !== null) onPortMessage(port, (message) => take(message))
    else onChannelMessage(parent, (message) => take(message))

    const engine = await createEngine({ ...options, launcher })
    const sockets = await listenOnSocket(engine)
    const shutdown = closeOnce(async () => {
      await sockets.close()
      await engine.close()
      tell({ type: 'closed' })
      await parent.flush()
      process.exit(0)
    })
    take = ({ message, ports }) => {
      if (message.type === 'client') serveClients(engine, ports)
      else if (message.type === 'shutdown') shutdown()
      else host?.receive(message, ports)
    }
    for (const message of backlog.splice(0)) take(message)
    serveEngine(engine, parent)
    parent.onClose(shutdown)
    process.on('SIGTERM', shutdown)
    process.on('SIGINT', shutdown)
    tell({ type: 'ready', workspace: engine.workspace, socket: engine.socket })
  } catch (error) {
    const payload = toErrorPayload(error)
    tell({ type: 'failed', error: payload })
    process.stderr.write(`${payload.code}: ${payload.message}\n`)
    await parent.flush()
    process.exit(1)
  }
}

interface HostMessage {
  readonly message: HostToEngine
  readonly ports: readonly PortLike[]
}

function onPortMessage(port: PortLike, take: (message: HostMessage) => void): void {
  port.on('message', (event) => {
    const message =
      typeof event === 'object' && event !== null && 'data' in event ? event.data : null
    if (isHostToEngine(message)) take({ message, ports: portsOf(event) })
  })
}

function onChannelMessage(channel: Channel, take: (message: HostMessage) => void): void {
  channel.onMessage((message) => {
    if (isHostToEngine(message)) take({ message, ports: [] })
  })
}

function serveClients(engine: Engine, ports: readonly PortLike[]): void {
  for (const port of ports) serveEngine(engine, portChannel(port))
}

function closeOnce(close: () => Promise<void>): () => void {
  let closing = false
  return () => {
    if (closing) return
    closing = true
    void close()
  }
}
