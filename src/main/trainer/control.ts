/**
 * How a run ends before its time: `paused` and `stopped` on request; `abandoned` when nobody
 * listens any more (the parent's channel closed), with a checkpoint but without an end on record.
 */
export type StopRequest = 'paused' | 'stopped' | 'abandoned'

/** Asked between steps and between the batches of an evaluation. */
export interface Control {
  readonly requested: StopRequest | null
  request(stop: StopRequest): void
}

export function createControl(): Control {
  let requested: StopRequest | null = null
  return {
    get requested() {
      return requested
    },
    request(stop) {
      requested ??= stop
    },
  }
}

/** Thrown between the batches of an evaluation when a stop was asked for. */
export class StopAsked extends Error {
  override readonly name = 'StopAsked'
}

/** Lets messages of the parent in: training itself never leaves the thread. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
