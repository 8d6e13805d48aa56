import { toErrorPayload } from '@shared/errors'
import type { EngineClient } from './engine-client'

/** How long trainers may take to write their checkpoints, in milliseconds. */
const timeout = 60_000

/**
 * Pauses every run that trains and waits for the checkpoints. What does not pause in time is left
 * to the engine's own end, which saves too but records the run as interrupted; `log` is told.
 */
export async function pauseRuns(engine: EngineClient, log: (line: string) => void): Promise<void> {
  const busy = async (): Promise<readonly string[]> =>
    (await engine.call('runs.list', { archived: true }))
      .filter(({ state }) => ['starting', 'running', 'stopping'].includes(state.kind))
      .map(({ id }) => id)
  try {
    for (const run of await busy()) {
      await engine.call('runs.pause', { run }).catch((error: unknown) => {
        // It may have ended in this very moment.
        log(toErrorPayload(error).message)
      })
    }
    const until = Date.now() + timeout
    while ((await busy()).length > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } catch (error) {
    log(toErrorPayload(error).message)
  }
}
