/** Work that can be interrupted between its steps, and what comes of it. */
export type Steps<T> = Generator<void, T, undefined>

/** Rows that a step looks at. */
export const rowsAStep = 1000

/** All steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** `pause` is awaited between the steps. */
export async function finishInTurns<T>(steps: Steps<T>, pause: () => Promise<unknown>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await pause()
  }
}
