import { join } from 'node:path'
import type { RunEvent, TrainerCommand, TrainerMessage } from '@shared/trainer'
import type { Launcher, TrainerExit } from '../../../src/main/engine/public'
import type { Channel } from '../../../src/main/platform/channel'
import { channelPair } from '../../../src/main/platform/channel'
import type { Journal } from '../../../src/main/trainer/journal'
import { openJournal } from '../../../src/main/trainer/journal'

/** A trainer in this process: it keeps a real journal, and the test says what happens. */
export interface ScriptedTrainer {
  readonly runFolder: string
  readonly commands: readonly TrainerCommand[]
  readonly signals: readonly string[]
  /** Journals an event; `tell: false`: the message is lost on its way. */
  record(event: RunEvent, options?: { readonly tell: boolean }): void
  send(message: TrainerMessage): void
  /** Ends the process; once. */
  exit(exit?: Partial<TrainerExit>): void
}

export interface ScriptedLauncher extends Launcher {
  readonly trainers: readonly ScriptedTrainer[]
  /** Highest number of trainers that lived at one time. */
  readonly most: () => number
}

export function createScriptedLauncher(): ScriptedLauncher {
  const trainers: ScriptedTrainer[] = []
  let alive = 0
  let most = 0
  return {
    trainers,
    most: () => most,
    startTrainer: () => {
      const [own, other] = channelPair()
      alive += 1
      most = Math.max(most, alive)
      const exits = new Set<(exit: TrainerExit) => void>()
      const signals: string[] = []
      startScript(other, trainers, signals, (exit) => {
        alive -= 1
        for (const listener of exits) listener(exit)
      })
      return Promise.resolve({
        pid: 2 ** 22 + trainers.length,
        channel: own,
        kill: (signal) => signals.push(signal),
        onExit: (listener) => exits.add(listener),
      })
    },
  }
}

function startScript(
  channel: Channel,
  trainers: ScriptedTrainer[],
  signals: readonly string[],
  exited: (exit: TrainerExit) => void,
): void {
  const commands: TrainerCommand[] = []
  let journal: Journal | null = null
  channel.onMessage((message) => {
    const command = message as TrainerCommand
    commands.push(command)
    if (command.type !== 'train') return
    const opened = openJournal(join(command.runFolder, 'events.ndjson'))
    journal = opened
    const send = (message: TrainerMessage): void => channel.send(message)
    trainers.push({
      runFolder: command.runFolder,
      commands,
      signals,
      send,
      record: (event, options = { tell: true }) => {
        const recorded = opened.append(event)
        if (options.tell) send({ type: 'event', recorded })
      },
      exit: (exit = {}) => {
        if (journal === null) return
        journal.close()
        journal = null
        channel.close()
        setImmediate(() => exited({ code: 0, signal: null, stderr: '', ...exit }))
      },
    })
  })
}

export const started = (fromStep = 0): RunEvent => ({
  type: 'started',
  machine: {
    platform: 'test',
    cpu: 'a processor',
    cores: 2,
    memoryBytes: 1,
    device: 'cpu',
    tensorflow: '2.21.0',
    node: '24',
    graftbench: '0',
  },
  fromStep,
  trainable: 12,
  precision: 'float32',
})

export const metrics = (from: number, to: number): RunEvent => {
  const step = Array.from({ length: to - from + 1 }, (_, index) => from + index)
  const block = {
    series: 'train.loss',
    step,
    value: step,
    seconds: step,
    epoch: step,
    samples: step,
  }
  return { type: 'metrics', blocks: [block] }
}

export const finished = (steps: number): RunEvent => ({
  type: 'ended',
  outcome: {
    kind: 'finished',
    earlyStopped: false,
    summary: {
      steps,
      seconds: 1,
      samplesPerSecond: 10,
      peakMemoryBytes: 5,
      metrics: { 'test.accuracy': 0.5 },
    },
  },
})
