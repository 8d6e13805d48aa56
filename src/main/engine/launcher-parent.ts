import { GraftError } from '@shared/errors'
import type { PortLike } from '../platform/channel'
import { portChannel } from '../platform/channel'
import type { EngineToHost, HostToEngine } from '../platform/hostProtocol'
import type { Launcher, TrainerExit, TrainerProcess } from './launcher'
import { trainerVariables } from './launcher-node'

export interface ParentLauncher extends Launcher {
  /** Takes a message of the host that concerns trainers, with the ports that came along. */
  receive(message: HostToEngine, ports: readonly PortLike[]): void
}

interface Trainer {
  resolve: (process: TrainerProcess) => void
  reject: (error: Error) => void
  exit: TrainerExit | null
  readonly listeners: ((exit: TrainerExit) => void)[]
}

/** Asks Electron's main process for trainers: only there utility processes can be forked. */
export function createParentLauncher(
  send: (message: EngineToHost) => void,
  cacheFolder: string,
): ParentLauncher {
  const trainers = new Map<number, Trainer>()
  let lastId = 0
  return {
    startTrainer: () => {
      lastId += 1
      const id = lastId
      return new Promise((resolve, reject) => {
        trainers.set(id, { resolve, reject, exit: null, listeners: [] })
        send({ type: 'trainer.start', id, environment: trainerVariables(cacheFolder) })
      })
    },
    receive: (message, ports) => {
      if (message.type !== 'trainer.started' && message.type !== 'trainer.exited') return
      const trainer = trainers.get(message.id)
      if (trainer === undefined) return
      if (message.type === 'trainer.started') started(trainer, message.pid, ports[0])
      else {
        trainers.delete(message.id)
        exited(trainer, { code: message.code, signal: message.signal, stderr: message.stderr })
      }
    },
  }
}

function started(trainer: Trainer, pid: number, port: PortLike | undefined): void {
  if (port === undefined) {
    trainer.reject(new GraftError('trainer.protocol', 'The trainer came without a channel.'))
    return
  }
  trainer.resolve({
    pid,
    channel: portChannel(port),
    kill: (signal) => {
      if (trainer.exit === null) process.kill(pid, signal)
    },
    onExit: (listener) => {
      if (trainer.exit !== null) listener(trainer.exit)
      else trainer.listeners.push(listener)
    },
  })
}

function exited(trainer: Trainer, exit: TrainerExit): void {
  trainer.exit = exit
  trainer.reject(
    new GraftError('trainer.crashed', `The trainer could not be started. ${exit.stderr}`.trim(), {
      ...exit,
    }),
  )
  for (const listener of trainer.listeners) listener(exit)
}
