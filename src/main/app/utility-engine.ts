import { join } from 'node:path'
import type { UtilityProcess } from 'electron'
import { MessageChannelMain, utilityProcess } from 'electron'
import type { Channel } from '../platform/channel'
import { createEngineClient } from '../platform/engine-client'
import type { EngineConnection } from '../platform/engine-connection'
import { engineReady } from '../platform/engine-connection'
import { engineArguments, lastText } from '../platform/engine-fork'
import type { HostToEngine } from '../platform/hostProtocol'
import { isEngineToHost } from '../platform/hostProtocol'
import type { LaunchOptions } from './launcher'

/** How long an engine may take to write checkpoints and close, in milliseconds. */
const closeTimeout = 60_000

/** Starts the engine as a utility process; this process forks trainers for it. */
export async function startUtilityEngine(options: LaunchOptions): Promise<EngineConnection> {
  const child = utilityProcess.fork(join(options.entries, 'engine.cjs'), engineArguments(options), {
    serviceName: 'Graftbench engine',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stderr = lastText(child)
  const channel = utilityChannel(child)
  startTrainers(child, channel, join(options.entries, 'trainer.cjs'))
  const workspace = await engineReady(channel, stderr)
  return {
    client: createEngineClient(channel),
    workspace,
    own: true,
    lastOutput: stderr,
    close: () => shutDown(child, channel),
  }
}

/** A utility process as a channel; it closes when the process ends. */
function utilityChannel(child: UtilityProcess): Channel {
  let ended = false
  const listeners: (() => void)[] = []
  child.on('exit', () => {
    ended = true
    for (const listener of listeners) listener()
  })
  return {
    send: (message) => {
      if (!ended) child.postMessage(message)
    },
    onMessage: (listener) => void child.on('message', listener),
    onClose: (listener) => {
      if (ended) queueMicrotask(listener)
      else listeners.push(listener)
    },
    flush: () => new Promise((resolve) => setImmediate(resolve)),
    close: () => void child.kill(),
  }
}

/** Answers `trainer.start`: hands trainer and engine the two ends of a channel. */
function startTrainers(engine: UtilityProcess, channel: Channel, entry: string): void {
  channel.onMessage((message) => {
    if (!isEngineToHost(message) || message.type !== 'trainer.start') return
    const { id, environment } = message
    const trainer = utilityProcess.fork(entry, [], {
      serviceName: 'Graftbench trainer',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    })
    const stderr = lastText(trainer)
    trainer.once('spawn', () => {
      const { port1, port2 } = new MessageChannelMain()
      trainer.postMessage({ type: 'channel' }, [port1])
      const started: HostToEngine = { type: 'trainer.started', id, pid: trainer.pid ?? 0 }
      engine.postMessage(started, [port2])
    })
    trainer.once('exit', (code) => {
      channel.send({
        type: 'trainer.exited',
        id,
        code,
        signal: null,
        stderr: stderr(),
      } satisfies HostToEngine)
    })
    // A trainer without its engine writes a checkpoint and ends by itself when its port closes.
  })
}

function shutDown(child: UtilityProcess, channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill(), closeTimeout)
    channel.onClose(() => {
      clearTimeout(timer)
      resolve()
    })
    channel.send({ type: 'shutdown' } satisfies HostToEngine)
  })
}
