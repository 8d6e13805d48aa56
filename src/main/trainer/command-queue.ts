import type { TrainerCommand } from '@shared/trainer'

/** Commands that wait for a predictor. */
export interface CommandQueue {
  /** The next command; undefined after `idleMs` without one. */
  next(idleMs: number): Promise<TrainerCommand | undefined>
}

/** An empty queue; `push` wakes whoever waits. */
export function createQueue(): CommandQueue & {
  readonly push: (command: TrainerCommand) => void
} {
  const waiting: TrainerCommand[] = []
  let wake: (() => void) | undefined
  return {
    push(command) {
      waiting.push(command)
      wake?.()
    },
    async next(idleMs) {
      const first = waiting.shift()
      if (first !== undefined) return first
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, idleMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      wake = undefined
      return waiting.shift()
    },
  }
}
