/** Training time of a run in seconds: it goes on over resumes from where the checkpoint was. */
export interface Clock {
  seconds(): number
}

export function startClock(from: number, now: () => number = () => performance.now()): Clock {
  const started = now()
  return { seconds: () => from + (now() - started) / 1000 }
}
