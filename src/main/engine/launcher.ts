import type { Channel } from '../platform/channel'

export interface TrainerExit {
  readonly code: number | null
  readonly signal: string | null
  /** The last 8 KiB of what the process wrote to its standard error. */
  readonly stderr: string
}

/** A trainer or predictor: the same program in another role, named by its first message. */
export interface TrainerProcess {
  readonly pid: number
  readonly channel: Channel
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  /** Called once, at once when the process has ended already. */
  onExit(listener: (exit: TrainerExit) => void): void
}

/** How trainer processes are started: by Node itself, or by Electron's main process. */
export interface Launcher {
  startTrainer(): Promise<TrainerProcess>
}

/** Keeps the last `limit` bytes of a stream of text. */
export function tailOf(limit = 8192): { add: (chunk: Buffer) => void; text: () => string } {
  let kept = Buffer.alloc(0)
  return {
    add: (chunk) => {
      kept = Buffer.concat([kept, chunk])
      if (kept.length > limit) kept = kept.subarray(kept.length - limit)
    },
    text: () => kept.toString('utf8').trim(),
  }
}
